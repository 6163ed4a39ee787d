import { createTablePatience } from '../async/circuit.ts';
import { createLru } from '../async/lru.ts';
import { pause } from '../async/pause.ts';
import { createShareCalls } from '../async/single-flight.ts';
import type { GatewayConfig } from '../catalog/schema.ts';
import type { Log } from '../gateway/parts.ts';
import type { ImageKey } from '../vision/fingerprint.ts';
import type { Description, DescriptionTable } from './table.ts';
import { createTally, type Statistics } from './tally.ts';

/** A description and where it came from: `shared` where another request had just asked for the same. */
export interface Found {
  text: string;
  isCut: boolean;
  from: 'memory' | 'table' | 'shared' | 'made';
}

export interface Making {
  make: (signal: AbortSignal) => Promise<{ text: string; isCut: boolean }>;
  signal: AbortSignal;
  /** Work that the answer need not wait for. */
  after: (task: () => Promise<void>) => void;
}

export interface Descriptions {
  /** What is remembered of an image, or is being made by another request. */
  find(key: ImageKey, signal: AbortSignal): Promise<Found | undefined>;
  /** What is remembered, or is being made; otherwise it is made, once for all who ask. */
  obtain(key: ImageKey, making: Making): Promise<Found>;
  /** Forgets the descriptions of one image (SHA-256 of its bytes), or all, here and in every other process. */
  clear(image?: string): Promise<void>;
  statistics(): Promise<Statistics>;
  /** An image that could not be described. */
  failed(): void;
  /** Writes what was counted to the table, at most every few seconds. */
  flush(): Promise<void>;
}

interface Options {
  table: DescriptionTable;
  settings: GatewayConfig['vision']['cache'];
  log: Log;
  /** Epoch milliseconds. */
  now: () => number;
}

/** How long other processes wait for the one that describes an image; one that crashed holds them up no longer. */
const LEASE_MS = 20_000;
const LOOK_EVERY_MS = 200;

/** A memory of descriptions over the table's. Without the table, images are described once a process. */
export function createDescriptions({ table, settings, log, now }: Options): Descriptions {
  const memory = createLru<Description>({ ...settings, now });
  const patience = createTablePatience(log, now);
  const makings = createShareCalls<LookedUp>();
  const tally = createTally({ table, patience, memory, now });

  async function look(key: ImageKey): Promise<Looked> {
    if (!settings.enabled) return { generation: undefined, found: undefined };
    const remembered = memory.get(idOf(key));
    if (remembered) {
      // Whether it has been cleared meanwhile is asked every time: without the table, nobody can have.
      const generation = await patience(() => table.generation(key.image));
      if (generation === undefined || generation === remembered.generation) {
        return { generation, found: { description: remembered, from: 'memory' } };
      }
      memory.delete(idOf(key));
    }
    const shelf = await patience(() => table.read(key));
    if (!shelf?.description) return { generation: shelf?.generation, found: undefined };
    remember(key, shelf.description);
    return { generation: shelf.generation, found: { description: shelf.description, from: 'table' } };
  }

  function remember(key: ImageKey, description: Description): void {
    const bytes = 2 * description.text.length + ENTRY_BYTES;
    memory.set(idOf(key), description, { bytes, until: description.expiresAt * 1000 });
  }

  /** Asks for the right to make a description; another process that has it is waited for, and its description taken. */
  async function leaseOrFind(key: ImageKey, signal: AbortSignal): Promise<Looked> {
    const startedAt = now();
    for (;;) {
      const looked = await look(key);
      const { generation, found } = looked;
      if (found || generation === undefined || now() - startedAt > LEASE_MS) return looked;
      const terms = { generation, now: now(), until: now() + LEASE_MS };
      if ((await patience(() => table.lease(key, terms))) !== false) return looked;
      await pause(LOOK_EVERY_MS, signal);
    }
  }

  async function findOrMake(key: ImageKey, { make, after }: Making, signal: AbortSignal): Promise<LookedUp> {
    const { generation, found } = await leaseOrFind(key, signal);
    if (found) return found;
    const startedAt = now();
    try {
      const { text, isCut } = await make(signal);
      const expiresAt = Math.floor(now() / 1000) + settings.ttlSeconds;
      const description = { text, isCut, ms: now() - startedAt, generation: generation ?? '', expiresAt };
      if (settings.enabled) keep(key, description, after);
      return { description, from: 'made' };
    } catch (thrown) {
      if (generation !== undefined) release(key, after);
      throw thrown;
    }
  }

  function keep(key: ImageKey, description: Description, after: Making['after']): void {
    remember(key, description);
    // Of an unknown generation: made while the table was away, and good for this process alone.
    if (description.generation === '') return;
    const written = patience(() => table.write(key, description)).then((bytes) => {
      if (bytes) tally.stored(bytes);
      else release(key, after);
    });
    after(() => written);
  }

  /** Whoever waits for a description that will not come shall not wait for the end of the lease. */
  function release(key: ImageKey, after: Making['after']): void {
    const released = patience(() => table.release(key));
    after(async () => void (await released));
  }

  /** Whoever did not make a description itself has saved a call. */
  function hit({ description, from }: LookedUp): Found {
    const source = from === 'made' ? 'shared' : from;
    tally.hit(source, description);
    return toFound({ description, from: source });
  }

  return {
    async find(key, signal) {
      // What is being made may be done before the table has been asked, and the table know nothing of it yet.
      const found = (await makings.join(idOf(key), signal)) ?? (await look(key)).found;
      return found && hit(found);
    },
    async obtain(key, making) {
      let isFirst = false;
      const found = await makings.ask(idOf(key), making.signal, (signal) => {
        isFirst = true;
        return findOrMake(key, making, signal);
      });
      if (found.from !== 'made' || !isFirst) return hit(found);
      tally.miss();
      return toFound(found);
    },
    async clear(image) {
      memory.clear(image);
      await table.clear(image);
    },
    statistics: tally.statistics,
    failed: tally.failed,
    flush: tally.flush,
  };
}

/** Without a generation, the table is away or not used. */
interface Looked {
  generation: string | undefined;
  found: LookedUp | undefined;
}

interface LookedUp {
  description: Description;
  from: Found['from'];
}

/** An entry's key and the rest of it beside its text, roughly. */
const ENTRY_BYTES = 400;

const idOf = ({ image, variant }: ImageKey): string => `${image}.${variant}`;

const toFound = ({ description: { text, isCut }, from }: LookedUp): Found => ({ text, isCut, from });
