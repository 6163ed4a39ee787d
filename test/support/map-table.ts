import type { Time } from '../../shared/async/time.ts';
import type { Counts, Entry, MemoryKey, MemoryTable } from '../../shared/remember/table.ts';

/** A memory table in a map: one for all memories that share it, as processes share the real one. */
export interface MapTable<Value = string> extends MemoryTable<Value> {
  /** While it is away, every call fails. */
  isAway: boolean;
  /** Largest value it stores. */
  most: number;
  counts: Map<string, Counts>;
  /** Until when each lease holds, in epoch milliseconds. */
  leases: Map<string, number>;
  /** How often it was asked for anything but counts. */
  reads: number;
}

const idOf = ({ subject, variant }: MemoryKey): string => `${subject}.${variant}`;
const nothing: Counts = { hits: 0, misses: 0, errors: 0, savedMs: 0, stored: 0, storedBytes: 0 };

export function createMapTable<Value = string>(
  time: Pick<Time, 'now'>,
  sizeOf: (value: Value) => number = (value) => String(value).length,
): MapTable<Value> {
  const entries = new Map<string, Entry<Value>>();
  const generations = new Map<string, number>();
  const generationOf = (subject: string): string => `${generations.get('') ?? 0}.${generations.get(subject) ?? 0}`;
  const valid = (key: MemoryKey): Entry<Value> | undefined => {
    const entry = entries.get(idOf(key));
    const isValid = entry && entry.generation === generationOf(key.subject) && entry.expiresAt * 1000 > time.now();
    return isValid ? entry : undefined;
  };
  const check = (): void => {
    if (table.isAway) throw new Error('the table is away');
  };

  const table: MapTable<Value> = {
    isAway: false,
    most: 1_000,
    counts: new Map(),
    leases: new Map(),
    reads: 0,
    async generation(subject) {
      check();
      table.reads += 1;
      return generationOf(subject);
    },
    async read(key) {
      check();
      table.reads += 1;
      return { generation: generationOf(key.subject), entry: valid(key) };
    },
    async lease(key, { now, until }) {
      check();
      if (valid(key) || (table.leases.get(idOf(key)) ?? 0) > now) return false;
      table.leases.set(idOf(key), until);
      return true;
    },
    async renew(key, until) {
      check();
      table.leases.set(idOf(key), until);
    },
    async release(key) {
      check();
      table.leases.delete(idOf(key));
    },
    async write(key, entry) {
      check();
      if (sizeOf(entry.value) > table.most) return 0;
      entries.set(idOf(key), entry);
      table.leases.delete(idOf(key));
      return sizeOf(entry.value);
    },
    async clear(subject = '') {
      check();
      generations.set(subject, (generations.get(subject) ?? 0) + 1);
    },
    async count(day, counts) {
      check();
      table.counts.set(day, added(table.counts.get(day) ?? nothing, counts));
    },
    async counted(days) {
      check();
      return days.map((day) => table.counts.get(day) ?? nothing).reduce(added);
    },
  };
  return table;
}

const added = (a: Counts, b: Counts): Counts => ({
  hits: a.hits + b.hits,
  misses: a.misses + b.misses,
  errors: a.errors + b.errors,
  savedMs: a.savedMs + b.savedMs,
  stored: a.stored + b.stored,
  storedBytes: a.storedBytes + b.storedBytes,
});
