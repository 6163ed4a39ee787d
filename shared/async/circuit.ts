import type { Log } from '../log.ts';
import type { Time } from './time.ts';

/** What a call gives, or nothing where it failed or was not tried. */
export type Circuit = <Answer>(call: () => Promise<Answer>) => Promise<Answer | undefined>;

interface Options {
  /** What the log says when calls begin to fail: once, until one succeeds again. */
  message: string;
  /** After a failure no call is tried for so long: each try would hold up a request until its time-out. */
  openMs?: number;
  log: Pick<Log, 'warn'>;
  time: Pick<Time, 'now'>;
}

const OPEN_MS = 10_000;

/** A circuit breaker in front of something that requests can do without. */
export function createCircuit({ message, openMs = OPEN_MS, log, time }: Options): Circuit {
  let openUntil = 0;
  let isFailing = false;
  return async (call) => {
    if (time.now() < openUntil) return undefined;
    try {
      const answer = await call();
      isFailing = false;
      return answer;
    } catch (cause) {
      openUntil = time.now() + openMs;
      if (!isFailing) log.warn(message, { cause });
      isFailing = true;
      return undefined;
    }
  };
}
