import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Time } from '../async/time.ts';
import type { Caller } from '../call/caller.ts';
import type { Keys, VirtualKey } from '../gateway/authenticate.ts';
import type { Log } from '../log.ts';
import { fromItem } from './attributes.ts';
import type { Table } from './table.ts';
import { isKnown } from './version.ts';

/** How long a key that was found, or that was not, is remembered: the longest a revocation may take to hold. */
const FOUND_MS = 30_000;
const MISSING_MS = 10_000;
const MOST_REMEMBERED = 10_000;

const keyItem = z.object({
  id: z.string(),
  name: z.string(),
  revoked: z.boolean().default(false),
  expiresAt: z.number().optional(),
});

interface Options {
  table: Table;
  time: Pick<Time, 'now'>;
  log: Pick<Log, 'warn'>;
}

/** What other callers are called in records, and their data is kept apart by. */
const reserved: ReadonlySet<string> = new Set<Caller['type']>(['master', 'anonymous']);

export const keyPartition = (sha256: string): string => `KEY#${sha256}`;

/** Virtual keys, looked up by their SHA-256 and remembered for a short time; concurrent requests share one look-up. */
export function createKeys({ table, time: { now }, log }: Options): Keys {
  const remembered = new Map<string, { until: number; found: Promise<VirtualKey | undefined> }>();

  async function look(sha256: string): Promise<VirtualKey | undefined> {
    const Key = { pk: { S: keyPartition(sha256) }, sk: { S: 'KEY' } };
    const { Item } = await table.client.send(new GetItemCommand({ TableName: table.name, Key }));
    if (!Item) return undefined;
    // Neither accepted nor refused: what limits this key may be written in a way that is not known here.
    if (!isKnown(Item)) throw new Error(`the key's item is of version ${Item.v?.N}`);
    const { id, name, revoked, expiresAt } = keyItem.parse(fromItem(Item));
    if (reserved.has(id)) {
      log.warn(`a key is refused: its id is '${id}', which stands for another caller`, { sha256 });
      return undefined;
    }
    return { id, name, revoked, ...(expiresAt === undefined ? {} : { expiresAt }) };
  }

  function remember(sha256: string, found: Promise<VirtualKey | undefined>): void {
    const entry = { until: now() + FOUND_MS, found };
    remembered.delete(sha256);
    remembered.set(sha256, entry);
    if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!);
    const forget = (): void => {
      if (remembered.get(sha256) === entry) remembered.delete(sha256);
    };
    found.then((key) => {
      if (!key) entry.until = now() + MISSING_MS;
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
  };
}
