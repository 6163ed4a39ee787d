import type { ImageKey } from '../vision/fingerprint.ts';

/** An image in words, as it is remembered. */
export interface Description {
  text: string;
  /** The delegate's answer ended at its limit. */
  isCut: boolean;
  /** Milliseconds it took to make: what every use of it saves. */
  ms: number;
  /** The generation it was made in; in any other it counts for nothing. */
  generation: string;
  /** Epoch seconds. */
  expiresAt: number;
}

/** What the table says of an image, all in one round trip. */
export interface Shelf {
  /** The generation in force: it changes when all descriptions, or those of this image, are cleared. */
  generation: string;
  description: Description | undefined;
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

/** Descriptions beyond one process. Every call fails where the table is away. */
export interface DescriptionTable {
  /** The generation alone, for a description that is in memory. */
  generation(image: string): Promise<string>;
  read(key: ImageKey): Promise<Shelf>;
  /** Promises that this process makes the description, until then (epoch milliseconds). False where another one does, or did. */
  lease(key: ImageKey, terms: { generation: string; now: number; until: number }): Promise<boolean>;
  /** Ends a lease whose holder has failed, so that nobody waits for it. */
  release(key: ImageKey): Promise<void>;
  /** The bytes that were stored; none where the description is too large for an item. */
  write(key: ImageKey, description: Description): Promise<number>;
  /** Begins a new generation: of one image, or of all. */
  clear(image?: string): Promise<void>;
  /** `day`: `2026-01-31`, in UTC. */
  count(day: string, counts: Counts): Promise<void>;
  counted(days: readonly string[]): Promise<Counts>;
}
