import { gzipSync } from 'node:zlib';
import { BatchGetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Time } from '../../async/time.ts';
import type { Counts, MemoryKey, MemoryTable } from '../../remember/table.ts';
import { fromItem, type Item } from '../attributes.ts';
import type { Table } from '../table.ts';
import { ITEM_VERSION, ifKnown, isKnown } from '../version.ts';
import { generationOf, isMet, readEntry } from './items.ts';

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

interface Update {
  add?: string[];
  set?: string[];
  /** Beside the version of the item. */
  condition?: string;
  values: Item;
}

interface Options {
  table: Table;
  names: MemoryNames;
  ttlSeconds: number;
  time: Pick<Time, 'now'>;
}

const one: Item = { ':one': { N: '1' } };

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

  /** Changes an item and sets its version. Names stand behind a `#`: some of them are words of DynamoDB's own. */
  async function update(Key: Key, { add, set = [], condition, values }: Update): Promise<void> {
    const setting = `SET ${[...set, '#v = :v'].join(', ')}`;
    const UpdateExpression = add ? `ADD ${add.join(', ')} ${setting}` : setting;
    const ConditionExpression = [ifKnown.ConditionExpression, condition ?? []].flat().join(' AND ');
    const names = `${UpdateExpression} ${ConditionExpression}`.matchAll(/#(\w+)/g);
    await table.client.send(
      new UpdateItemCommand({
        TableName: table.name,
        Key,
        UpdateExpression,
        ConditionExpression,
        ExpressionAttributeNames: Object.fromEntries(names),
        ExpressionAttributeValues: { ...values, ...ifKnown.ExpressionAttributeValues },
      }),
    );
  }

  return {
    async generation(subject) {
      const [all, own] = await get(generationKeys(subject));
      return generationOf(all, own);
    },
    async read(memoryKey) {
      const [all, own, item] = await get([...generationKeys(memoryKey.subject), valueKey(memoryKey)]);
      const generation = generationOf(all, own);
      const entry = item && isKnown(item) ? readEntry<Value>(item) : undefined;
      // DynamoDB deletes what has expired some hours late.
      const isGood = entry !== undefined && entry.generation === generation && entry.expiresAt * 1000 > time.now();
      return { generation, entry: isGood ? entry : undefined };
    },
    async lease(memoryKey, { generation, now, until }) {
      const leased = update(valueKey(memoryKey), {
        set: ['#leasedUntil = :until', '#ttl = if_not_exists(#ttl, :ttl)'],
        condition:
          '(attribute_not_exists(#leasedUntil) OR #leasedUntil < :now) AND (attribute_not_exists(#generation) OR #generation <> :generation OR #ttl <= :seconds)',
        values: {
          ':until': { N: String(until) },
          ':now': { N: String(now) },
          ':generation': { S: generation },
          ':seconds': { N: String(Math.floor(now / 1000)) },
          ':ttl': { N: String(Math.ceil(until / 1000) + DAY_SECONDS) },
        },
      });
      if (await isMet(leased)) return true;
      // No process writes over an item of another version: there is no value to wait for.
      const [item] = await get([valueKey(memoryKey)]);
      return item !== undefined && !isKnown(item);
    },
    async renew(memoryKey, until) {
      const values = { ':until': { N: String(until) } };
      await isMet(update(valueKey(memoryKey), { set: ['#leasedUntil = :until'], values }));
    },
    async release(memoryKey) {
      const values = { ':none': { N: '0' } };
      await isMet(update(valueKey(memoryKey), { set: ['#leasedUntil = :none'], values }));
    },
    async write(memoryKey, { value, ms, generation, expiresAt }) {
      const packed = gzipSync(JSON.stringify(value));
      if (packed.byteLength > MOST_BYTES) return 0;
      const Item: Item = {
        ...valueKey(memoryKey),
        v: { N: String(ITEM_VERSION) },
        ttl: { N: String(expiresAt) },
        generation: { S: generation },
        value: { B: packed },
        ms: { N: String(ms) },
      };
      const put = table.client.send(new PutItemCommand({ TableName: table.name, Item, ...ifKnown }));
      return (await isMet(put)) ? packed.byteLength : 0;
    },
    async clear(subject) {
      if (subject === undefined) {
        await update(key(names.all, 'GENERATION'), { add: ['#generation :one'], values: one });
        return;
      }
      // It must outlive every value that it invalidates.
      const ttl = Math.ceil(time.now() / 1000) + ttlSeconds + DAY_SECONDS;
      const values = { ...one, ':ttl': { N: String(ttl) } };
      const Key = key(`${names.subject}#${subject}`, 'GENERATION');
      await update(Key, { add: ['#generation :one'], set: ['#ttl = :ttl'], values });
    },
    async count(day, counts) {
      const entries = Object.entries(counts).filter(([, value]) => value !== 0);
      const add = entries.map(([name]) => `#${name} :${name}`);
      const values = Object.fromEntries(entries.map(([name, value]) => [`:${name}`, { N: String(value) }]));
      const ttl = Math.floor(Date.parse(day) / 1000) + COUNTS_KEPT_DAYS * DAY_SECONDS;
      await isMet(
        update(countsKey(day), { add, set: ['#ttl = :ttl'], values: { ...values, ':ttl': { N: String(ttl) } } }),
      );
    },
    async counted(days) {
      const items = (await get(days.map(countsKey), false)).map((item) =>
        item && isKnown(item) ? fromItem(item) : {},
      );
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
