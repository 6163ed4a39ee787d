import { gunzipSync, gzipSync } from 'node:zlib';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Time } from '../async/time.ts';
import type { Counts, Entry, MemoryKey, MemoryTable } from '../remember/table.ts';
import { fromItem, type Item } from './attributes.ts';
import type { Table } from './table.ts';

/** An item may have 400 KB; below that, its other attributes have room. */
const MOST_BYTES = 350_000;
const DAY_SECONDS = 86_400;
const COUNTS_KEPT_DAYS = 400;

type Key = { pk: { S: string }; sk: { S: string } };

const key = (pk: string, sk: string): Key => ({ pk: { S: pk }, sk: { S: sk } });

/**
 * What a memory's items are called. `IMAGE#<subject>` has all that belongs to a subject: its values (`TEXT#<variant>`, the lease
 * on one in the making among its attributes) and its generation. `IMAGES` has the generation of all, `VISION#<day>` the
 * counts of a day.
 */
export interface MemoryNames {
  subject: string;
  value: string;
  all: string;
  counts: string;
}

interface Options {
  table: Table;
  names: MemoryNames;
  ttlSeconds: number;
  time: Pick<Time, 'now'>;
}

const valueItem = z.object({
  generation: z.string(),
  ms: z.number(),
  ttl: z.number(),
});

/** A memory's table in DynamoDB. Values are stored as compressed JSON. */
export function createMemoryTable<Value>({ table, names, ttlSeconds, time }: Options): MemoryTable<Value> {
  const valueKey = ({ subject, variant }: MemoryKey): Key =>
    key(`${names.subject}#${subject}`, `${names.value}#${variant}`);
  const generationKeys = (subject: string): [Key, Key] => [
    key(names.all, 'GENERATION'),
    key(`${names.subject}#${subject}`, 'GENERATION'),
  ];
  const countsKey = (day: string): Key => key(`${names.counts}#${day}`, 'COUNTS');

  async function get(keys: Key[], consistent = true): Promise<(Item | undefined)[]> {
    const command = new BatchGetItemCommand({
      RequestItems: { [table.name]: { Keys: keys, ConsistentRead: consistent } },
    });
    const { Responses, UnprocessedKeys } = await table.client.send(command);
    if (UnprocessedKeys?.[table.name]) throw new Error('DynamoDB did not read all that was asked for');
    const items = Responses?.[table.name] ?? [];
    return keys.map(({ pk, sk }) => items.find((item) => item.pk?.S === pk.S && item.sk?.S === sk.S));
  }

  /** Names in an expression stand behind a `#`: some of them are words of DynamoDB's own. */
  const update = (Key: Key, expression: string, values: Item): Promise<unknown> =>
    table.client.send(
      new UpdateItemCommand({
        TableName: table.name,
        Key,
        UpdateExpression: expression,
        ExpressionAttributeNames: Object.fromEntries([...expression.matchAll(/#(\w+)/g)]),
        ExpressionAttributeValues: values,
      }),
    );

  return {
    async generation(subject) {
      const [all, own] = await get(generationKeys(subject));
      return generationOf(all, own);
    },
    async read(memoryKey) {
      const [all, own, item] = await get([...generationKeys(memoryKey.subject), valueKey(memoryKey)]);
      const generation = generationOf(all, own);
      const entry = item && readEntry<Value>(item);
      // DynamoDB deletes what has expired some hours late.
      const isGood = entry?.generation === generation && entry.expiresAt * 1000 > time.now();
      return { generation, entry: isGood ? entry : undefined };
    },
    async lease(memoryKey, { generation, now, until }) {
      try {
        await table.client.send(
          new UpdateItemCommand({
            TableName: table.name,
            Key: valueKey(memoryKey),
            UpdateExpression: 'SET leasedUntil = :until, #ttl = if_not_exists(#ttl, :ttl)',
            ConditionExpression:
              '(attribute_not_exists(leasedUntil) OR leasedUntil < :now) AND (attribute_not_exists(generation) OR generation <> :generation OR #ttl <= :seconds)',
            ExpressionAttributeNames: { '#ttl': 'ttl' },
            ExpressionAttributeValues: {
              ':until': { N: String(until) },
              ':now': { N: String(now) },
              ':generation': { S: generation },
              ':seconds': { N: String(Math.floor(now / 1000)) },
              ':ttl': { N: String(Math.ceil(until / 1000) + DAY_SECONDS) },
            },
          }),
        );
        return true;
      } catch (thrown) {
        if (thrown instanceof ConditionalCheckFailedException) return false;
        throw thrown;
      }
    },
    renew: async (memoryKey, until) =>
      void (await update(valueKey(memoryKey), 'SET #leasedUntil = :until', { ':until': { N: String(until) } })),
    release: async (memoryKey) =>
      void (await update(valueKey(memoryKey), 'SET #leasedUntil = :none', { ':none': { N: '0' } })),
    async write(memoryKey, { value, ms, generation, expiresAt }) {
      const packed = gzipSync(JSON.stringify(value));
      if (packed.byteLength > MOST_BYTES) return 0;
      const Item: Item = {
        ...valueKey(memoryKey),
        ttl: { N: String(expiresAt) },
        generation: { S: generation },
        value: { B: packed },
        ms: { N: String(ms) },
      };
      await table.client.send(new PutItemCommand({ TableName: table.name, Item }));
      return packed.byteLength;
    },
    async clear(subject) {
      if (subject === undefined) {
        await update(key(names.all, 'GENERATION'), 'ADD #generation :one', one);
        return;
      }
      // It must outlive every value that it invalidates.
      const ttl = Math.ceil(time.now() / 1000) + ttlSeconds + DAY_SECONDS;
      const values = { ...one, ':ttl': { N: String(ttl) } };
      await update(key(`${names.subject}#${subject}`, 'GENERATION'), 'ADD #generation :one SET #ttl = :ttl', values);
    },
    async count(day, counts) {
      const entries = Object.entries(counts).filter(([, value]) => value !== 0);
      const sums = entries.map(([name]) => `#${name} :${name}`).join(', ');
      const values = Object.fromEntries(entries.map(([name, value]) => [`:${name}`, { N: String(value) }]));
      const ttl = Math.floor(Date.parse(day) / 1000) + COUNTS_KEPT_DAYS * DAY_SECONDS;
      await update(countsKey(day), `ADD ${sums} SET #ttl = :ttl`, { ...values, ':ttl': { N: String(ttl) } });
    },
    async counted(days) {
      const items = (await get(days.map(countsKey), false)).map((item) => (item ? fromItem(item) : {}));
      const sum = (name: keyof Counts): number => items.reduce((total, item) => total + Number(item[name] ?? 0), 0);
      return {
        hits: sum('hits'),
        misses: sum('misses'),
        errors: sum('errors'),
        savedMs: sum('savedMs'),
        stored: sum('stored'),
        storedBytes: sum('storedBytes'),
      };
    },
  };
}

const one: Item = { ':one': { N: '1' } };

/** Two numbers that only grow: a value made under other numbers was cleared. */
const generationOf = (all: Item | undefined, own: Item | undefined): string =>
  `${all?.generation?.N ?? 0}.${own?.generation?.N ?? 0}`;

/** A value; nothing where the item is only a lease, or was not written by this gateway. */
function readEntry<Value>(item: Item): Entry<Value> | undefined {
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
