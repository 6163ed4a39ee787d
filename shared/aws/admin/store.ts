import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Page, Stored } from '../../operations/ports.ts';
import { type Item, toItem } from '../attributes.ts';
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

interface PageOf {
  limit: number;
  cursor?: string | undefined;
  newestFirst: boolean;
  /** Leaves out what is in the index and not in force. */
  isInForce?: (item: Item) => boolean | Promise<boolean>;
}

/** A page of the index, read item by item as they are now. What was made in the last second may be missing. */
export async function listPage<Value extends { id: string }>(
  table: Table,
  kind: Kind<Value>,
  { limit, cursor, newestFirst, isInForce = () => true }: PageOf,
): Promise<Page<Value>> {
  const { list } = tableSchema;
  const start = cursor === undefined ? undefined : readCursor(cursor);
  const command = new QueryCommand({
    ...indexQuery(table, kind),
    ScanIndexForward: !newestFirst,
    Limit: limit,
    ...(start && {
      ExclusiveStartKey: toItem({
        pk: start.name,
        sk: kind.type,
        [list.partitionKey]: kind.type,
        [list.sortKey]: start.sort,
      }),
    }),
  });
  const { Items: shown = [], LastEvaluatedKey: last } = await orAway(() => table.client.send(command));
  const items = await getItems(
    table,
    shown.map(({ pk, sk }) => ({ pk: pk?.S ?? '', sk: sk?.S ?? '' })),
  );
  const byPlace = new Map(items.map((item) => [item.pk?.S, item]));
  const read: Stored<Value>[] = [];
  for (const { pk } of shown) {
    const item = byPlace.get(pk?.S);
    // The index is a moment late.
    if (!item || item[list.partitionKey]?.S !== kind.type || !(await isInForce(item))) continue;
    const { value, version } = readItem(kind, item);
    read.push({ value, version });
  }
  const next = last && writeCursor({ name: last.pk?.S ?? '', sort: last[list.sortKey]?.S ?? '' });
  return { items: read, ...(next === undefined ? {} : { next }) };
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

const indexQuery = ({ name }: Table, { type }: Pick<Kind<unknown>, 'type'>) => ({
  TableName: name,
  IndexName: tableSchema.list.name,
  KeyConditionExpression: '#list = :list',
  ExpressionAttributeNames: { '#list': tableSchema.list.partitionKey },
  ExpressionAttributeValues: { ':list': { S: type } },
});
