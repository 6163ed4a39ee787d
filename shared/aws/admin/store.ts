import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Page, Stored } from '../../operations/ports.ts';
import type { Item } from '../attributes.ts';
import { type Table, tableSchema } from '../table.ts';
import { getItems, orAway } from './calls.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { type Kind, type Place, readValue } from './kinds.ts';

export interface ReadItem<Value> extends Stored<Value> {
  place: Place;
  item: Item;
}

export function readItem<Value>(kind: Kind<Value>, item: Item): ReadItem<Value> {
  const place = { pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' };
  return { value: readValue(kind, item), version: Number(item.version?.N ?? 0), place, item };
}

interface PageOf<Value> {
  limit: number;
  cursor?: string | undefined;
  newestFirst: boolean;
  /** Whether what is in the index is in force; all is, unless given. */
  isInForce?: (item: Item) => boolean | Promise<boolean>;
  /** What is read in place of an item that is not, or not listed any more; nothing unless given. */
  readById?: (id: string) => Promise<Stored<Value> | undefined>;
}

/**
 * A page of the index, read item by item as they are now. What was made in the last second may be missing. The next page begins
 * after the id of the last item, not after its place: the place of a key has the SHA-256 of its secret.
 */
export async function listPage<Value extends { id: string }>(
  table: Table,
  kind: Kind<Value>,
  { limit, cursor, newestFirst, isInForce = () => true, readById = async () => undefined }: PageOf<Value>,
): Promise<Page<Value>> {
  const { list } = tableSchema;
  const command = new QueryCommand({
    ...indexQuery(table, kind, cursor === undefined ? undefined : { newestFirst, id: readCursor(cursor, kind.type) }),
    ScanIndexForward: !newestFirst,
    Limit: limit,
  });
  const { Items: shown = [], LastEvaluatedKey: last } = await orAway(() => table.client.send(command));
  const items = await getItems(
    table,
    shown.map(({ pk, sk }) => ({ pk: pk?.S ?? '', sk: sk?.S ?? '' })),
  );
  const byPlace = new Map(items.map((item) => [item.pk?.S, item]));
  // While a key is given another secret, two items have its id, of which either may be the last of a page.
  const read = new Map<string, Stored<Value>>();
  for (const { pk, [list.sortKey]: sort } of shown) {
    const id = sort?.S ?? '';
    if (read.has(id)) continue;
    const item = byPlace.get(pk?.S);
    // The index is a moment late.
    const isListed = item?.[list.partitionKey]?.S === kind.type && (await isInForce(item));
    const found = isListed ? readItem(kind, item) : await readById(id);
    if (found) read.set(id, { value: found.value, version: found.version });
  }
  const next = last && writeCursor({ list: kind.type, after: last[list.sortKey]?.S ?? '' });
  return { items: [...read.values()], ...(next === undefined ? {} : { next }) };
}

/** What the index shows of every item of a kind, page by page. */
export async function* listShown(table: Table, kind: Pick<Kind<unknown>, 'type'>): AsyncGenerator<Item[]> {
  let start: Item | undefined;
  do {
    const command = new QueryCommand({ ...indexQuery(table, kind), ...(start ? { ExclusiveStartKey: start } : {}) });
    const { Items = [], LastEvaluatedKey } = await orAway(() => table.client.send(command));
    yield Items;
    start = LastEvaluatedKey;
  } while (start);
}

/** What the index has of a kind, all of it or what comes after an id. */
function indexQuery(
  { name }: Table,
  { type }: Pick<Kind<unknown>, 'type'>,
  after?: { id: string; newestFirst: boolean },
) {
  const { list } = tableSchema;
  return {
    TableName: name,
    IndexName: list.name,
    KeyConditionExpression: after ? `#list = :list AND #sort ${after.newestFirst ? '<' : '>'} :after` : '#list = :list',
    ExpressionAttributeNames: { '#list': list.partitionKey, ...(after && { '#sort': list.sortKey }) },
    ExpressionAttributeValues: { ':list': { S: type }, ...(after && { ':after': { S: after.id } }) },
  };
}
