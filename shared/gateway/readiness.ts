import { within } from '../async/deadline.ts';
import type { Time } from '../async/time.ts';
import type { Log } from '../log.ts';

export interface Check {
  state: 'ok' | 'failed';
  ms: number;
}

/** What must work for the gateway to be ready, by name; each fails with an error that says what does not. */
export type Checks = Readonly<Record<string, () => Promise<void>>>;

interface ReadinessPorts {
  checks: Checks;
  log: Pick<Log, 'warn'>;
  time: Time;
}

/** The answer needs no key, so it is remembered: calls without a key must not cause table reads at will. */
const REMEMBERED_MS = 5_000;
const MOST_MS = 3_000;

/** Runs every check and gives each its state and the time it took. */
export function createReadiness({ checks, log, time }: ReadinessPorts): () => Promise<Readonly<Record<string, Check>>> {
  let last: { at: number; results: Promise<Readonly<Record<string, Check>>> } | undefined;

  async function runAll(): Promise<Record<string, Check>> {
    const entries = Object.entries(checks).map(async ([name, check]) => [name, await run(name, check)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  async function run(name: string, check: () => Promise<void>): Promise<Check> {
    const startedAt = time.now();
    try {
      const done = await within(
        check().then(() => true),
        MOST_MS,
        time,
      );
      if (!done) throw new Error(`no answer within ${MOST_MS} ms`);
      return { state: 'ok', ms: time.now() - startedAt };
    } catch (cause) {
      log.warn(`not ready: ${name}`, { cause });
      return { state: 'failed', ms: time.now() - startedAt };
    }
  }

  return () => {
    if (!last || time.now() - last.at > REMEMBERED_MS) last = { at: time.now(), results: runAll() };
    return last.results;
  };
}
