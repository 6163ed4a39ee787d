import { createCircuit } from '../async/circuit.ts';
import { createLru } from '../async/lru.ts';
import { createSingleFlight } from '../async/single-flight.ts';
import type { Time } from '../async/time.ts';
import type { Log } from '../log.ts';
import { keepLease, LEASE_MS, leaseOr } from './lease.ts';
import type { Entry, MemoryKey, MemoryTable } from './table.ts';
import { createTally, type Statistics } from './tally.ts';

/** A value and where it came from: `shared` where another request was already making it. */
export interface Remembered<Value> {
  value: Value;
  from: 'memory' | 'table' | 'shared' | 'made';
}

export interface Making<Value> {
  make: (signal: AbortSignal) => Promise<Value>;
  signal: AbortSignal;
  /** Work that the answer need not wait for. */
  after: (task: () => Promise<void>) => void;
  /** Is given the work where this request begins it: it goes on for others when this one has left. */
  begun?: (work: Promise<unknown>) => void;
}

/** Expensive answers, remembered in memory over the table, and made once for all who ask at the same time. */
export interface Memory<Value> {
  /** What is remembered for a key, or is being made by another request. */
  find(key: MemoryKey, signal: AbortSignal): Promise<Remembered<Value> | undefined>;
  /** What is remembered, or is being made; otherwise it is made, once for all who ask. */
  obtain(key: MemoryKey, making: Making<Value>): Promise<Remembered<Value>>;
  /** Clears the values of one subject, or all, here and in every other process. Fails where the table is away. */
  clear(subject?: string): Promise<void>;
  statistics(): Promise<Statistics>;
  /** Counts a value that could not be made. */
  failed(): void;
  /** Writes what was counted to the table, at most every few seconds. */
  flush(): Promise<void>;
}

export interface MemorySettings {
  enabled: boolean;
  maxEntries: number;
  maxBytes: number;
  ttlSeconds: number;
}

interface Options<Value> {
  table: MemoryTable<Value>;
  settings: MemorySettings;
  /** Bytes a value takes in memory, roughly. */
  bytesOf: (value: Value) => number;
  /** Longest time that making a value takes; its own time-out is the maker's concern. */
  makingMs: number;
  /** What the log says when the table is away. */
  awayMessage: string;
  log: Pick<Log, 'warn'>;
  time: Time;
}

/** Opens a memory. Without the table, values are made once a process. */
export function createMemory<Value>(options: Options<Value>): Memory<Value> {
  const { table, settings, bytesOf, makingMs, log, time } = options;
  const memory = createLru<Entry<Value>>({ ...settings, time });
  const circuit = createCircuit({ message: options.awayMessage, log, time });
  const flights = createSingleFlight<Hit<Value>>();
  const tally = createTally({ table, circuit, memory, time });

  async function look(key: MemoryKey): Promise<Looked<Value>> {
    if (!settings.enabled) return { generation: undefined, hit: undefined };
    const remembered = memory.get(idOf(key));
    if (remembered) {
      // Another process may have cleared it: the generation is read every time. Without the table, none can have.
      const generation = await circuit(() => table.generation(key.subject));
      if (generation === undefined || generation === remembered.generation) {
        return { generation, hit: { entry: remembered, from: 'memory' } };
      }
      memory.delete(idOf(key));
    }
    const found = await circuit(() => table.read(key));
    if (!found?.entry) return { generation: found?.generation, hit: undefined };
    remember(key, found.entry);
    return { generation: found.generation, hit: { entry: found.entry, from: 'table' } };
  }

  function remember(key: MemoryKey, entry: Entry<Value>): void {
    memory.set(idOf(key), entry, { bytes: bytesOf(entry.value) + ENTRY_BYTES, until: entry.expiresAt * 1000 });
  }

  /** Asks for the right to make a value; where another process has it, waits and takes what that one makes. */
  const leaseOrFind = (key: MemoryKey, signal: AbortSignal): Promise<Looked<Value>> =>
    leaseOr({
      look: () => look(key),
      isDone: ({ generation, hit }) => hit !== undefined || generation === undefined,
      lease: ({ generation = '' }, now) =>
        circuit(() => table.lease(key, { generation, now, until: now + LEASE_MS })).then((got) => got !== false),
      longestMs: makingMs + LEASE_MS,
      signal,
      time,
    });

  async function findOrMake(key: MemoryKey, { make, after }: Making<Value>, signal: AbortSignal): Promise<Hit<Value>> {
    const { generation, hit } = await leaseOrFind(key, signal);
    if (hit) return hit;
    const startedAt = time.now();
    const kept =
      generation === undefined ? undefined : keepLease((until) => circuit(() => table.renew(key, until)), time);
    try {
      const value = await make(signal);
      const expiresAt = Math.floor(time.now() / 1000) + settings.ttlSeconds;
      const entry = { value, ms: time.now() - startedAt, generation: generation ?? '', expiresAt };
      if (settings.enabled) keep(key, entry, after);
      return { entry, from: 'made' };
    } catch (thrown) {
      if (generation !== undefined) release(key, after);
      throw thrown;
    } finally {
      kept?.clear();
    }
  }

  function keep(key: MemoryKey, entry: Entry<Value>, after: Making<Value>['after']): void {
    remember(key, entry);
    // Made while the table was away: its generation is unknown, and it is used by this process alone.
    if (entry.generation === '') return;
    const written = circuit(() => table.write(key, entry)).then((bytes) => {
      if (bytes) tally.stored(bytes);
      else release(key, after);
    });
    after(() => written);
  }

  /** Releases the lease, so that other processes need not wait for it to expire. */
  function release(key: MemoryKey, after: Making<Value>['after']): void {
    const released = circuit(() => table.release(key));
    after(async () => void (await released));
  }

  /** A request that did not make the value itself has saved a call. */
  function hitBy({ entry, from }: Hit<Value>): Remembered<Value> {
    const source = from === 'made' ? 'shared' : from;
    tally.hit(source, entry.ms);
    return { value: entry.value, from: source };
  }

  return {
    async find(key, signal) {
      // What is being made may be done before the table is read, and the table may not have it yet.
      const hit = (await flights.join(idOf(key), signal)) ?? (await look(key)).hit;
      return hit && hitBy(hit);
    },
    async obtain(key, making) {
      let isFirst = false;
      const hit = await flights.ask(idOf(key), making.signal, (signal) => {
        isFirst = true;
        const work = findOrMake(key, making, signal);
        making.begun?.(work);
        return work;
      });
      if (hit.from !== 'made' || !isFirst) return hitBy(hit);
      tally.miss();
      return { value: hit.entry.value, from: 'made' };
    },
    async clear(subject) {
      memory.clear(subject);
      await table.clear(subject);
    },
    statistics: tally.statistics,
    failed: tally.failed,
    flush: tally.flush,
  };
}

/** Without a generation, the table is away or not used. */
interface Looked<Value> {
  generation: string | undefined;
  hit: Hit<Value> | undefined;
}

interface Hit<Value> {
  entry: Entry<Value>;
  from: Remembered<Value>['from'];
}

/** An entry's key and all of it but its value, roughly. */
const ENTRY_BYTES = 400;

const idOf = ({ subject, variant }: MemoryKey): string => `${subject}.${variant}`;
