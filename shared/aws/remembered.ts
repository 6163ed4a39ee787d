import type { Time } from '../async/time.ts';
import type { Log } from '../log.ts';

/** How long what was found, or was not, is remembered: the longest a change of it may take to hold. */
const FOUND_MS = 30_000;
const MISSING_MS = 10_000;
/** While the table is away, what was read serves on for so long. */
const AWAY_MS = 10 * 60_000;
/** Then the table is asked again after this time, by one request. */
const RETRY_MS = 5_000;
const MOST_REMEMBERED = 10_000;

interface Options<Value> {
  look: (id: string) => Promise<Value | undefined>;
  /** What the log says when values serve on that cannot be read anew. */
  message: string;
  time: Pick<Time, 'now'>;
  log: Pick<Log, 'warn'>;
}

interface Entry<Value> {
  until: number;
  found: Promise<Value | undefined>;
  /** The last that was read, and when. */
  good?: { value: Value; at: number };
}

export interface Remembered<Value> {
  /** Fails where the table is away, and the value was not read in the last ten minutes. */
  find(id: string): Promise<Value | undefined>;
  /** Looks those that this is true of up again at their next use, and those that are being looked up. */
  forget(isMeant: (value: Value) => boolean): void;
}

/** Looks values up by id and remembers them for a short time; concurrent requests share one look-up. */
export function createRemembered<Value extends object>({
  look,
  message,
  time: { now },
  log,
}: Options<Value>): Remembered<Value> {
  const remembered = new Map<string, Entry<Value>>();

  function begin(id: string, before: Entry<Value> | undefined): Entry<Value> {
    const startedAt = now();
    const { good } = before ?? {};
    const entry: Entry<Value> = { until: startedAt + FOUND_MS, found: find(), ...(good ? { good } : {}) };

    async function find(): Promise<Value | undefined> {
      try {
        const value = await look(id);
        if (value) entry.good = { value, at: startedAt };
        else {
          entry.until = now() + MISSING_MS;
          delete entry.good;
        }
        return value;
      } catch (cause) {
        if (!good || now() - good.at > AWAY_MS) {
          if (remembered.get(id) === entry) remembered.delete(id);
          throw cause;
        }
        log.warn(message, { cause });
        entry.until = now() + RETRY_MS;
        return good.value;
      }
    }
    return entry;
  }

  return {
    find(id) {
      const before = remembered.get(id);
      if (before && before.until > now()) return before.found;
      const entry = begin(id, before);
      remembered.delete(id);
      remembered.set(id, entry);
      if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!);
      return entry.found;
    },
    forget(isMeant) {
      // One that is being looked up may be read as it was before.
      for (const [id, { good }] of remembered) if (!good || isMeant(good.value)) remembered.delete(id);
    },
  };
}
