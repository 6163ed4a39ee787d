import type { Log } from '../gateway/parts.ts';

/** What a call to the table gives, or nothing where the table is away. */
export type TablePatience = <Answer>(call: () => Promise<Answer>) => Promise<Answer | undefined>;

/** After a failure the table is left in peace so long: each try would hold up a request until its time-out. */
const REST_MS = 10_000;

/** Keeps requests going while the table is away, and says so in the log once for each time that it is. */
export function createTablePatience(log: Log, now: () => number): TablePatience {
  let restsUntil = 0;
  let isAway = false;
  return async (call) => {
    if (now() < restsUntil) return undefined;
    try {
      const answer = await call();
      isAway = false;
      return answer;
    } catch (cause) {
      restsUntil = now() + REST_MS;
      if (!isAway) log.warn('descriptions of images cannot be read or stored: images are described anew', { cause });
      isAway = true;
      return undefined;
    }
  };
}
