import { createLru } from '../../async/lru.ts';
import type { Time } from '../../async/time.ts';
import { type Caller, callerId, isRuled } from '../../call/caller.ts';
import { GatewayError } from '../../errors.ts';

/** Of one caller, in one process. */
const MOST_A_MINUTE = 60;
const EVERY_MS = 60_000 / MOST_A_MINUTE;
const MOST_CALLERS = 10_000;

/** Throws `rate_limited` where a caller has read too often. */
export type CheckOwnReads = (caller: Caller) => void;

/**
 * Bounds how often callers read what the gateway knows of them: each such read is reads of the table, and is none of the requests that
 * their limits count, since looking at a limit must not use it up. A minute's reads may come at once. The master key reads freely.
 */
export function createOwnReads(time: Pick<Time, 'now'>): CheckOwnReads {
  /** When the reads so far would be over, at an even pace. */
  const paid = createLru<number>({ maxEntries: MOST_CALLERS, maxBytes: MOST_CALLERS, time });
  return (caller) => {
    if (!isRuled(caller)) return;
    const id = callerId(caller);
    const now = time.now();
    const next = Math.max(paid.get(id) ?? 0, now) + EVERY_MS;
    const wait = next - now - 60_000;
    if (wait > 0) {
      const seconds = wait / 1000;
      const message = `Rate limit reached for reads of this key and its usage (limit ${MOST_A_MINUTE} a minute). Please try again in ${seconds}s.`;
      throw new GatewayError('rate_limited', message, { code: 'rate_limit_exceeded', retryAfter: seconds });
    }
    paid.set(id, next, { bytes: 1, until: next });
  };
}
