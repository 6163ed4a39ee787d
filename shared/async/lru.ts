import type { Time } from './time.ts';

interface Bounds {
  maxEntries: number;
  maxBytes: number;
  time: Pick<Time, 'now'>;
}

interface Entry<Value> {
  value: Value;
  bytes: number;
  until: number;
}

export interface Lru<Value> {
  get(key: string): Value | undefined;
  /** Remembers until then (epoch milliseconds), unless it would not fit at all. */
  set(key: string, value: Value, size: { bytes: number; until: number }): void;
  delete(key: string): void;
  /** Forgets every entry whose key begins so; all of them where no prefix is given. */
  clear(prefix?: string): void;
  size(): { entries: number; bytes: number };
}

/** A memory with a bound on its entries and on their bytes: what was not used for longest goes first. */
export function createLru<Value>({ maxEntries, maxBytes, time }: Bounds): Lru<Value> {
  // A map lists its keys in the order they were put in: the first is the one unused for longest.
  const entries = new Map<string, Entry<Value>>();
  let total = 0;

  function forget(key: string): void {
    total -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      forget(key);
      if (entry.until <= time.now()) return undefined;
      entries.set(key, entry);
      total += entry.bytes;
      return entry.value;
    },
    set(key, value, { bytes, until }) {
      forget(key);
      if (bytes > maxBytes) return;
      entries.set(key, { value, bytes, until });
      total += bytes;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && total <= maxBytes) break;
        forget(oldest);
      }
    },
    delete: forget,
    clear(prefix = '') {
      for (const key of [...entries.keys()]) if (key.startsWith(prefix)) forget(key);
    },
    size: () => ({ entries: entries.size, bytes: total }),
  };
}
