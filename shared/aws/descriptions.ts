import { gunzipSync, gzipSync } from 'node:zlib';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Counts, Description, DescriptionTable } from '../remember/table.ts';
import type { ImageKey } from '../vision/fingerprint.ts';
import { fromItem, type Item } from './attributes.ts';
import type { Table } from './table.ts';

/** An item may have 400 KB; below that, its other attributes have room. */
const MOST_BYTES = 350_000;
const DAY_SECONDS = 86_400;
const COUNTS_KEPT_DAYS = 400;

type Key = { pk: { S: string }; sk: { S: string } };

const key = (pk: string, sk: string): Key => ({ pk: { S: pk }, sk: { S: sk } });

/**
 * `IMAGE#<sha256>`, all that belongs to an image: its descriptions (`TEXT#<variant>`, the lease on one in the making among its
 * attributes) and its generation. `IMAGES` has the generation of all, `VISION#<day>` a day's counts.
 */
const textKey = ({ image, variant }: ImageKey): Key => key(`IMAGE#${image}`, `TEXT#${variant}`);
const generationKeys = (image: string): [Key, Key] => [
  key('IMAGES', 'GENERATION'),
  key(`IMAGE#${image}`, 'GENERATION'),
];
const countsKey = (day: string): Key => key(`VISION#${day}`, 'COUNTS');

const textItem = z.object({
  generation: z.string(),
  isCut: z.boolean(),
  ms: z.number(),
  ttl: z.number(),
});

export function createDescriptionTable({ table, ttlSeconds }: { table: Table; ttlSeconds: number }): DescriptionTable {
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
    async generation(image) {
      const [all, own] = await get(generationKeys(image));
      return generationOf(all, own);
    },
    async read(imageKey) {
      const [all, own, item] = await get([...generationKeys(imageKey.image), textKey(imageKey)]);
      const generation = generationOf(all, own);
      const description = item && readText(item);
      // DynamoDB deletes what has expired some hours late.
      const isGood = description?.generation === generation && description.expiresAt * 1000 > Date.now();
      return { generation, description: isGood ? description : undefined };
    },
    async lease(imageKey, { generation, now, until }) {
      try {
        await table.client.send(
          new UpdateItemCommand({
            TableName: table.name,
            Key: textKey(imageKey),
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
    release: async (imageKey) =>
      void (await update(textKey(imageKey), 'SET #leasedUntil = :none', { ':none': { N: '0' } })),
    async write(imageKey, description) {
      const text = gzipSync(description.text);
      if (text.byteLength > MOST_BYTES) return 0;
      const { isCut, ms, generation, expiresAt } = description;
      const Item: Item = {
        ...textKey(imageKey),
        ttl: { N: String(expiresAt) },
        generation: { S: generation },
        text: { B: text },
        isCut: { BOOL: isCut },
        ms: { N: String(ms) },
      };
      await table.client.send(new PutItemCommand({ TableName: table.name, Item }));
      return text.byteLength;
    },
    async clear(image) {
      if (image === undefined) return void (await update(key('IMAGES', 'GENERATION'), 'ADD #generation :one', one));
      // It must outlive every description that it rules out.
      const ttl = Math.ceil(Date.now() / 1000) + ttlSeconds + DAY_SECONDS;
      const values = { ...one, ':ttl': { N: String(ttl) } };
      await update(key(`IMAGE#${image}`, 'GENERATION'), 'ADD #generation :one SET #ttl = :ttl', values);
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

/** Two numbers that only grow: a description made under other numbers was cleared. */
const generationOf = (all: Item | undefined, own: Item | undefined): string =>
  `${all?.generation?.N ?? 0}.${own?.generation?.N ?? 0}`;

/** A description; nothing where the item is only a lease, or is not of our making. */
function readText(item: Item): Description | undefined {
  const fields = textItem.safeParse(fromItem(item));
  const packed = item.text?.B;
  if (!fields.success || !packed) return undefined;
  const { ttl, ...rest } = fields.data;
  try {
    return { ...rest, expiresAt: ttl, text: gunzipSync(packed).toString('utf8') };
  } catch {
    // Not what we stored: it is made anew.
    return undefined;
  }
}
