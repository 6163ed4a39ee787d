import { gunzipSync } from 'node:zlib';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Entry } from '../../remember/table.ts';
import { fromItem, type Item } from '../attributes.ts';
import { isKnown } from '../version.ts';

const valueItem = z.object({
  generation: z.string(),
  ms: z.number(),
  ttl: z.number(),
});

/** Whether a write was done; not where its condition was not met. */
export async function isMet(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (thrown) {
    if (thrown instanceof ConditionalCheckFailedException) return false;
    throw thrown;
  }
}

/** Two numbers that only grow: a value made under other numbers was cleared. None where one of them cannot be read. */
export function generationOf(all: Item = {}, own: Item = {}): string | undefined {
  if (!isKnown(all) || !isKnown(own)) return undefined;
  return `${all.generation?.N ?? 0}.${own.generation?.N ?? 0}`;
}

/** A value; nothing where the item is only a lease, or was not written by this gateway. */
export function readEntry<Value>(item: Item): Entry<Value> | undefined {
  const fields = valueItem.safeParse(fromItem(item));
  const packed = item.value?.B;
  if (!fields.success || !packed) return undefined;
  const { ttl, ...rest } = fields.data;
  try {
    return { ...rest, expiresAt: ttl, value: JSON.parse(gunzipSync(packed).toString('utf8')) as Value };
  } catch {
    // Not what was stored: it is made again.
    return undefined;
  }
}
