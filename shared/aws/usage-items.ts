import { QueryCommand, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { AttemptLine, UsageRecord } from '../accounting/record.ts';
import { type Item, toItem } from './attributes.ts';
import type { Table } from './table.ts';
import { ITEM_VERSION, isKnown } from './version.ts';

/** One partition takes 1,000 writes a second: a day is spread over this many. Reports ask each of them, so it never changes. */
export const USAGE_SHARDS = 32;

const DAY_SECONDS = 86_400;

/** A usage record as an item. Its key is made of the record alone, so that writing it twice is writing it once. */
export function usageItem(record: UsageRecord, retentionDays: number): Item {
  const { usage, attempts, ...fields } = record;
  return toItem({
    v: ITEM_VERSION,
    pk: usagePartition(record.time.slice(0, 10), shardOf(record.requestId)),
    sk: `${record.time}#${record.requestId}`,
    ttl: Math.floor(Date.parse(record.time) / 1000) + retentionDays * DAY_SECONDS,
    ...fields,
    inputTokens: usage?.input,
    outputTokens: usage?.output,
    cacheReadTokens: usage?.cacheRead,
    cacheWriteTokens: usage?.cacheWrite,
    cacheWriteHourTokens: usage?.cacheWriteHour,
    reasoningTokens: usage?.reasoning,
    audioInputTokens: usage?.audioInput,
    audioOutputTokens: usage?.audioOutput,
    searches: usage?.searches,
    audioSeconds: usage?.audioSeconds,
    estimated: usage?.estimated,
    ...linesOf(attempts),
    attempts: attempts.length,
  });
}

/** FNV-1a, folded: a cryptographic digest would cost a third of the whole item, and no caller chooses the id of its request. */
function shardOf(requestId: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < requestId.length; at += 1) hash = Math.imul(hash ^ requestId.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 16)) >>> 0) % USAGE_SHARDS;
}

/** An item may have 400 KB; a request of a thousand images has a line for each try to describe one. */
const MOST_LINE_BYTES = 300_000;

/** The lines as JSON, as many of the first ones as fit; the log has them all. */
function linesOf(attempts: readonly AttemptLine[]): { lines: string; linesLeftOut?: number } {
  const lines: string[] = [];
  let bytes = 0;
  for (const attempt of attempts) {
    const line = JSON.stringify(attempt);
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > MOST_LINE_BYTES) break;
    lines.push(line);
  }
  const left = attempts.length - lines.length;
  return { lines: `[${lines.join(',')}]`, ...(left > 0 ? { linesLeftOut: left } : {}) };
}

export const usagePartition = (day: string, shard: number): string => `USAGE#${day}#${shard}`;

interface Asked {
  day: string;
  /** What is read of each record. */
  fields: readonly string[];
  /** Whose records; everybody's unless given. The others' are read and paid all the same: days are not ordered by caller. */
  caller?: string;
  /** Shards that are read at the same time. */
  atOnce: number;
  /** How a page is asked for; by the table's client unless given. */
  send?: (command: QueryCommand) => Promise<QueryCommandOutput>;
}

/** The usage records of a day (`2026-11-21`), in no order: each value has as many pages of up to 1 MB as were read at once. */
export async function* usagePages({ client, name }: Table, asked: Asked): AsyncGenerator<Item[][]> {
  const { day, fields, caller, atOnce, send = (command) => client.send(command) } = asked;
  const named = caller === undefined ? fields : [...fields, 'caller'];

  async function page(shard: number, start: Item | undefined) {
    const command = new QueryCommand({
      TableName: name,
      KeyConditionExpression: 'pk = :pk',
      ...(caller === undefined ? {} : { FilterExpression: '#caller = :caller' }),
      ProjectionExpression: ['v', ...fields.map((field) => `#${field}`)].join(', '),
      ExpressionAttributeNames: Object.fromEntries([...new Set(named)].map((field) => [`#${field}`, field])),
      ExpressionAttributeValues: {
        ':pk': { S: usagePartition(day, shard) },
        ...(caller === undefined ? {} : { ':caller': { S: caller } }),
      },
      ...(start ? { ExclusiveStartKey: start } : {}),
    });
    const { Items = [], LastEvaluatedKey } = await send(command);
    return { shard, items: Items.filter(isKnown), start: LastEvaluatedKey };
  }

  let open: { shard: number; start?: Item }[] = Array.from({ length: USAGE_SHARDS }, (_, shard) => ({ shard }));
  while (open.length > 0) {
    const [now, later] = [open.slice(0, atOnce), open.slice(atOnce)];
    const pages = await Promise.all(now.map(({ shard, start }) => page(shard, start)));
    yield pages.map(({ items }) => items);
    open = [...pages.flatMap(({ shard, start }) => (start ? [{ shard, start }] : [])), ...later];
  }
}
