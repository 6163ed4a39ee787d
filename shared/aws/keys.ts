import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Time } from '../async/time.ts';
import type { Caller } from '../call/caller.ts';
import { type VirtualKey, virtualKey } from '../call/virtual-key.ts';
import type { Keys } from '../gateway/authenticate.ts';
import type { Log } from '../log.ts';
import { keyKind, readValue } from './admin/kinds.ts';
import { fromItem, type Item } from './attributes.ts';
import type { Table } from './table.ts';
import { isKnown } from './version.ts';

/** How long a key that was found, or that was not, is remembered: the longest a revocation may take to hold. */
const FOUND_MS = 30_000;
const MISSING_MS = 10_000;
const MOST_REMEMBERED = 10_000;

/** As it is stored. Items that were written by hand, before there was an administration, have other ids and no time. */
const keyItem = z.object({
  ...virtualKey.shape,
  id: z.string(),
  name: z.string(),
  revoked: z.boolean().default(false),
  createdAt: z.int().default(1),
});

/** After a rotation, the item of the secret before: it stands for the key of its successor until it expires. */
const reference = z.object({ successor: z.string(), expiresAt: z.number() });
/** No key has more secrets at once. */
const MOST_SECRETS = 10;

interface Options {
  table: Table;
  time: Pick<Time, 'now'>;
  log: Pick<Log, 'warn'>;
}

/** What other callers are called in records, and their data is kept apart by. */
const reserved: ReadonlySet<string> = new Set<Caller['type']>(['master', 'anonymous']);

export const keyPartition = (sha256: string): string => `KEY#${sha256}`;

export interface RememberedKeys extends Keys {
  /** Looks the key of this id up again at its next request. */
  forget(id: string): void;
}

/** Virtual keys, looked up by their SHA-256 and remembered for a short time; concurrent requests share one look-up. */
export function createKeys({ table, time: { now }, log }: Options): RememberedKeys {
  const remembered = new Map<string, Entry>();

  async function look(sha256: string, hops = 0): Promise<VirtualKey | undefined> {
    const Key = { pk: { S: keyPartition(sha256) }, sk: { S: 'KEY' } };
    // A successor was written a moment before it was named: without this it might be missing yet.
    const ConsistentRead = hops > 0;
    const { Item } = await table.client.send(new GetItemCommand({ TableName: table.name, Key, ConsistentRead }));
    if (!Item) return undefined;
    // Neither accepted nor refused: what limits this key may be written in a way that is not known here.
    if (!isKnown(Item)) throw new Error(`the key's item is of version ${Item.v?.N}`);
    const rotated = reference.safeParse(fromItem(Item)).data;
    if (rotated)
      return hops < MOST_SECRETS ? until(rotated.expiresAt, await look(rotated.successor, hops + 1)) : undefined;
    const key = readKey(Item);
    if (!reserved.has(key.id)) return key;
    log.warn(`a key is refused: its id is '${key.id}', which stands for another caller`, { sha256 });
    return undefined;
  }

  function remember(sha256: string, found: Promise<VirtualKey | undefined>): void {
    const entry: Entry = { until: now() + FOUND_MS, found };
    remembered.delete(sha256);
    remembered.set(sha256, entry);
    if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!);
    const forget = (): void => {
      if (remembered.get(sha256) === entry) remembered.delete(sha256);
    };
    found.then((key) => {
      if (key) entry.id = key.id;
      else entry.until = now() + MISSING_MS;
    }, forget);
  }

  return {
    find(sha256) {
      const entry = remembered.get(sha256);
      if (entry && entry.until > now()) return entry.found;
      const found = look(sha256);
      remember(sha256, found);
      return found;
    },
    forget(id) {
      for (const [sha256, entry] of remembered) {
        // One that is being looked up may be read as it was before.
        if (entry.id === undefined || entry.id === id) remembered.delete(sha256);
      }
    },
  };
}

interface Entry {
  until: number;
  found: Promise<VirtualKey | undefined>;
  /** Of the key, once it is found. */
  id?: string;
}

const readKey = (item: Item): VirtualKey => readValue({ ...keyKind, schema: keyItem }, item);

/** The key as an earlier secret of it stands for it. */
function until(expiresAt: number, key: VirtualKey | undefined): VirtualKey | undefined {
  return key && { ...key, expiresAt: Math.min(expiresAt, key.expiresAt ?? expiresAt) };
}
