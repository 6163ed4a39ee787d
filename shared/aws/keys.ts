import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Time } from '../async/time.ts';
import type { Caller } from '../call/caller.ts';
import { type VirtualKey, virtualKey } from '../call/virtual-key.ts';
import type { Keys } from '../gateway/authenticate.ts';
import type { Log } from '../log.ts';
import { fromItem, jsonAttribute } from './attributes.ts';
import { createRemembered } from './remembered.ts';
import type { Table } from './table.ts';
import { isKnown } from './version.ts';

/** A rule that is not known here is an error, never left out: what it forbids would be allowed. */
const keyItem = z.object({
  ...virtualKey.shape,
  // Its form is checked where keys are made.
  id: z.string(),
  revoked: z.boolean().default(false),
  createdAt: z.int().positive().default(1),
  tags: jsonAttribute(virtualKey.shape.tags.unwrap()).optional(),
  metadata: jsonAttribute(virtualKey.shape.metadata.unwrap()).optional(),
  rules: jsonAttribute(virtualKey.shape.rules.unwrap()).optional(),
  providerKeys: jsonAttribute(virtualKey.shape.providerKeys.unwrap()).optional(),
  inferenceProfiles: jsonAttribute(virtualKey.shape.inferenceProfiles.unwrap()).optional(),
});

interface Options {
  table: Table;
  time: Pick<Time, 'now'>;
  log: Pick<Log, 'warn'>;
}

/** What other callers are called in records, and their data is kept apart by. */
const reserved: ReadonlySet<string> = new Set<Caller['type']>(['master', 'anonymous']);

export const keyPartition = (sha256: string): string => `KEY#${sha256}`;

/** After a rotation, the item of the secret before: it stands for the key of its successor until it expires. */
const reference = z.object({ successor: z.string(), expiresAt: z.number() });
/** No key has more secrets at once. */
const MOST_SECRETS = 10;

export interface RememberedKeys extends Keys {
  /** Looks the key of this id up again at its next request. */
  forget(id: string): void;
}

/** Virtual keys, looked up by their SHA-256 and remembered for a short time; concurrent requests share one look-up. */
export function createKeys({ table, time, log }: Options): RememberedKeys {
  async function look(sha256: string, hops = 0): Promise<VirtualKey | undefined> {
    const Key = { pk: { S: keyPartition(sha256) }, sk: { S: 'KEY' } };
    // A successor was written a moment before it was named: without this it might be missing yet.
    const ConsistentRead = hops > 0;
    const { Item } = await table.client.send(new GetItemCommand({ TableName: table.name, Key, ConsistentRead }));
    if (!Item) return undefined;
    // Neither accepted nor refused: what limits this key may be written in a way that is not known here.
    if (!isKnown(Item)) throw new Error(`the key's item is of version ${Item.v?.N}`);
    const fields = fromItem(Item);
    const rotated = reference.safeParse(fields).data;
    if (rotated) {
      const key = hops < MOST_SECRETS ? await look(rotated.successor, hops + 1) : undefined;
      return key && { ...key, expiresAt: Math.min(rotated.expiresAt, key.expiresAt ?? rotated.expiresAt) };
    }
    const found = keyItem.parse(fields);
    if (reserved.has(found.id)) {
      log.warn(`a key is refused: its id is '${found.id}', which stands for another caller`, { sha256 });
      return undefined;
    }
    return found;
  }

  const message = 'keys cannot be read anew: they serve on as they were';
  const { find, forget } = createRemembered({ look: (sha256: string) => look(sha256), message, time, log });
  return { find, forget: (id) => forget((key) => key.id === id) };
}
