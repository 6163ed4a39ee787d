import type { Circuit } from '../async/circuit.ts';
import type { Lru } from '../async/lru.ts';
import type { Time } from '../async/time.ts';
import type { Counts, MemoryTable } from './table.ts';

/** What a memory has saved: in this process, and in all of them over the last days. */
export interface Statistics {
  process: Sums & { entries: number; bytes: number; hits: Record<HitFrom, number> };
  /** Null where the table is away. Other processes write their counts every few seconds. */
  overall: (Sums & { days: number; hits: number; stored: number; stored_bytes: number }) | null;
}

interface Sums {
  misses: number;
  errors: number;
  /** Of all images, those that needed no call; null before the first. */
  hit_rate: number | null;
  calls_saved: number;
  seconds_saved: number;
}

type HitFrom = 'memory' | 'table' | 'shared';

interface Options {
  table: Pick<MemoryTable<unknown>, 'count' | 'counted'>;
  circuit: Circuit;
  memory: Pick<Lru<unknown>, 'size'>;
  time: Pick<Time, 'now'>;
}

const DAYS = 30;
const DAY_MS = 86_400_000;
const FLUSH_EVERY_MS = 5_000;

const nothing: Counts = { hits: 0, misses: 0, errors: 0, savedMs: 0, stored: 0, storedBytes: 0 };

/** Counts hits and misses, and adds them to the table's sums every few seconds: one write each time, however many there were. */
export function createTally({ table, circuit, memory, time }: Options) {
  const hits: Record<HitFrom, number> = { memory: 0, table: 0, shared: 0 };
  const total = { ...nothing };
  let pending = { ...nothing };
  let flushedAt = 0;

  function add(counts: Partial<Counts>): void {
    for (const [name, value] of Object.entries(counts) as [keyof Counts, number][]) {
      total[name] += value;
      pending[name] += value;
    }
  }

  async function write(): Promise<void> {
    if (Object.values(pending).every((count) => count === 0)) return;
    const counts = pending;
    pending = { ...nothing };
    flushedAt = time.now();
    const written = await circuit(async () => {
      await table.count(dayOf(time.now()), counts);
      return true;
    });
    // What could not be written is written with the next counts.
    if (!written) for (const name of Object.keys(counts) as (keyof Counts)[]) pending[name] += counts[name];
  }

  return {
    hit(from: HitFrom, ms: number): void {
      hits[from] += 1;
      add({ hits: 1, savedMs: ms });
    },
    miss: () => add({ misses: 1 }),
    failed: () => add({ errors: 1 }),
    stored: (bytes: number) => add({ stored: 1, storedBytes: bytes }),
    flush: async () => (time.now() - flushedAt < FLUSH_EVERY_MS ? undefined : write()),
    async statistics(): Promise<Statistics> {
      await write();
      const days = Array.from({ length: DAYS }, (_, back) => dayOf(time.now() - back * DAY_MS));
      const overall = await circuit(() => table.counted(days));
      return {
        process: { ...memory.size(), ...sumsOf(total), hits },
        overall: overall
          ? {
              days: DAYS,
              ...sumsOf(overall),
              hits: overall.hits,
              stored: overall.stored,
              stored_bytes: overall.storedBytes,
            }
          : null,
      };
    },
  };
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

function sumsOf({ hits, misses, errors, savedMs }: Counts): Sums {
  return {
    misses,
    errors,
    hit_rate: hits + misses === 0 ? null : hits / (hits + misses),
    calls_saved: hits,
    seconds_saved: savedMs / 1000,
  };
}
