import { jsonOutgoing, type Outgoing } from '../../http/message.ts';
import type { Parts } from '../parts.ts';

interface Check {
  state: 'ok' | 'failed';
  ms: number;
}

/** Anybody may ask, so the answer is remembered: no stranger makes us read the table at will. */
const REMEMBERED_MS = 5_000;
const MOST_MS = 3_000;

/** Answers whether all that must work does: each part by name, with its state and the time it took. 503 where one does not. */
export function createReadiness({ checks, now, log }: Parts): () => Promise<Outgoing> {
  let last: { at: number; answer: Promise<Readonly<Record<string, Check>>> } | undefined;

  async function runAll(): Promise<Record<string, Check>> {
    const entries = Object.entries(checks).map(async ([name, check]) => [name, await run(name, check)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  async function run(name: string, check: () => Promise<void>): Promise<Check> {
    const startedAt = now();
    try {
      await inTime(check());
      return { state: 'ok', ms: now() - startedAt };
    } catch (cause) {
      log.warn(`not ready: ${name}`, { cause });
      return { state: 'failed', ms: now() - startedAt };
    }
  }

  return async () => {
    if (!last || now() - last.at > REMEMBERED_MS) last = { at: now(), answer: runAll() };
    const results = await last.answer;
    const ready = Object.values(results).every(({ state }) => state === 'ok');
    return jsonOutgoing(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks: results });
  };
}

async function inTime(check: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${MOST_MS} ms`)), MOST_MS);
  try {
    await Promise.race([check, promise]);
  } finally {
    clearTimeout(timer);
  }
}
