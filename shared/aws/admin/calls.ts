import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GatewayError } from '../../errors.ts';
import { type Item, toItem } from '../attributes.ts';
import type { Table } from '../table.ts';
import { ifKnown, isKnown } from '../version.ts';
import type { Place } from './kinds.ts';

/** Runs a call; whatever fails in it reads as a table that is away. */
export async function orAway<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof GatewayError || cause instanceof ConditionalCheckFailedException) throw cause;
    const message = 'The table cannot be reached at the moment; whether a change was made shows when it is read again.';
    throw new GatewayError('overloaded', message, { cause, retryAfter: 5 });
  }
}

/** Whether a call failed as it does where the table is away. */
export const isAway = (thrown: unknown): boolean => thrown instanceof GatewayError && thrown.kind === 'overloaded';

/** An item as it is now. Fails where it is of a version that is not known here. */
export async function getItem({ client, name }: Table, place: Place): Promise<Item | undefined> {
  const command = new GetItemCommand({ TableName: name, Key: toItem({ ...place }), ConsistentRead: true });
  const { Item } = await orAway(() => client.send(command));
  if (Item && !isKnown(Item)) throw newer();
  return Item;
}

/** The same, and nothing where the item is of a version that is not known here. */
export async function getKnownItem(table: Table, place: Place): Promise<Item | undefined> {
  return leavingNewer(() => getItem(table, place));
}

/** Runs something; where it comes upon an item of a version that is not known here, that is the end of it. */
export async function leavingNewer<Result>(run: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await run();
  } catch (thrown) {
    if (isNewer(thrown)) return undefined;
    throw thrown;
  }
}

/** The items at these places as they are now, in any order; those of other versions are left out. At most a hundred. */
export async function getItems({ client, name }: Table, places: readonly Place[]): Promise<Item[]> {
  let Keys = places.map((place) => toItem({ ...place }));
  const items: Item[] = [];
  for (let tries = 0; Keys.length > 0; tries += 1) {
    if (tries === 5) throw new GatewayError('overloaded', 'The table is busy.', { retryAfter: 5 });
    const command = new BatchGetItemCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true } } });
    const { Responses, UnprocessedKeys } = await orAway(() => client.send(command));
    items.push(...(Responses?.[name] ?? []));
    Keys = UnprocessedKeys?.[name]?.Keys ?? [];
  }
  return items.filter(isKnown);
}

/** The version that an item must have for it to be written; 0: there must be none. */
export async function putItem({ client, name }: Table, Item: Item, version: number): Promise<boolean> {
  const isThere = '#version = :version';
  const command = new PutItemCommand({
    TableName: name,
    Item,
    ConditionExpression: `${ifKnown.ConditionExpression} AND ${version === 0 ? 'attribute_not_exists(#pk)' : isThere}`,
    ExpressionAttributeNames: {
      ...ifKnown.ExpressionAttributeNames,
      ...(version === 0 ? { '#pk': 'pk' } : { '#version': 'version' }),
    },
    ExpressionAttributeValues: {
      ...ifKnown.ExpressionAttributeValues,
      ...(version === 0 ? {} : { ':version': { N: String(version) } }),
    },
  });
  return isMet(() => client.send(command));
}

/** Writes whatever was there before. Fails where that is of a version that is not known here. */
export async function setItem({ client, name }: Table, Item: Item): Promise<void> {
  if (!(await isMet(() => client.send(new PutItemCommand({ TableName: name, Item, ...ifKnown }))))) throw newer();
}

/** Deletes an item; one of a version that is not known here stays. */
export async function deleteItem({ client, name }: Table, place: Place): Promise<void> {
  const command = new DeleteItemCommand({ TableName: name, Key: toItem({ ...place }), ...ifKnown });
  await isMet(() => client.send(command));
}

/** Removes an attribute of an item that is there, has it, and is of a version that is known here. */
export async function removeAttribute({ client, name }: Table, place: Place, attribute: string): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: name,
    Key: toItem({ ...place }),
    UpdateExpression: 'REMOVE #attribute',
    ConditionExpression: `${ifKnown.ConditionExpression} AND attribute_exists(#attribute)`,
    ExpressionAttributeNames: { ...ifKnown.ExpressionAttributeNames, '#attribute': attribute },
    ExpressionAttributeValues: ifKnown.ExpressionAttributeValues,
  });
  // Not met where another process removed it already.
  await isMet(() => client.send(command));
}

/** Whether a write was done; not where its condition was not met. */
async function isMet(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await orAway(write);
    return true;
  } catch (thrown) {
    if (thrown instanceof ConditionalCheckFailedException) return false;
    throw thrown;
  }
}

const NEWER = 'newer_version';

const newer = (): GatewayError =>
  new GatewayError('conflict', 'This was written by a newer version of Sluice, and is left as it is.', { code: NEWER });

const isNewer = (thrown: unknown): boolean => thrown instanceof GatewayError && thrown.code === NEWER;
