/** What is remembered, and of what. Both are digests (SHA-256, hex). */
export interface MemoryKey {
  /** Of what: the bytes of an image. All that is remembered of a subject can be cleared together. */
  subject: string;
  /** What the value depends on besides: who asked, who answered, how. */
  variant: string;
}

/** A value as it is remembered. */
export interface Entry<Value> {
  value: Value;
  /** Milliseconds it took to make: what every use of it saves. */
  ms: number;
  /** The generation it was made in; in any other it is not used. */
  generation: string;
  /** Epoch seconds. */
  expiresAt: number;
}

/** What the table holds for a key, read in one round trip. */
export interface Found<Value> {
  /** The generation in force: it changes when everything, or this subject, is cleared. None where it cannot be known. */
  generation: string | undefined;
  entry: Entry<Value> | undefined;
}

/** Sums of one day; of all processes together. */
export interface Counts {
  hits: number;
  misses: number;
  errors: number;
  savedMs: number;
  stored: number;
  storedBytes: number;
}

/** What is remembered beyond one process. Every call fails where the table is away. */
export interface MemoryTable<Value> {
  /** The generation alone, for a value that is in memory. */
  generation(subject: string): Promise<string | undefined>;
  read(key: MemoryKey): Promise<Found<Value>>;
  /** Reserves the making of a value for this process, until then (epoch milliseconds). False where another has it, or made it. */
  lease(key: MemoryKey, terms: { generation: string; now: number; until: number }): Promise<boolean>;
  /** Keeps a lease that this process has. */
  renew(key: MemoryKey, until: number): Promise<void>;
  /** Ends a lease whose holder has failed, so that no process waits for it. */
  release(key: MemoryKey): Promise<void>;
  /** The bytes that were stored; none where the value is too large for an item, or its item must not be changed. */
  write(key: MemoryKey, entry: Entry<Value>): Promise<number>;
  /** Begins a new generation: of one subject, or of all. */
  clear(subject?: string): Promise<void>;
  /** `day`: `2026-01-31`, in UTC. */
  count(day: string, counts: Counts): Promise<void>;
  counted(days: readonly string[]): Promise<Counts>;
}
