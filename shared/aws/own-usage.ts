import { QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { type OwnUsage, type OwnUsageReader, type SummedRecord, sumByModel } from '../accounting/own-usage.ts';
import type { Time } from '../async/time.ts';
import type { Log } from '../log.ts';
import { fromItem, type Item } from './attributes.ts';
import { createRemembered } from './remembered.ts';
import type { Table } from './table.ts';
import { USAGE_SHARDS, usagePartition } from './usage-items.ts';
import { isKnown } from './version.ts';

/** Partitions that are read at the same time. */
const AT_ONCE = 16;
/**
 * Days are not ordered by caller: a page of 1 MB is read, and paid, with the records of all callers. So a question costs at most this
 * many pages (a month has 992 partitions), and is asked once in half a minute.
 */
const MOST_PAGES = 1_500;
const MOST_MS = 10_000;

const record = z.object({
  askedModel: z.string(),
  error: z.string().optional(),
  lines: z.string().default('[]'),
});

interface Options {
  table: Table;
  time: Pick<Time, 'now'>;
  log: Pick<Log, 'warn'>;
}

export function createOwnUsage({ table, time, log }: Options): OwnUsageReader {
  async function page(pk: string, caller: string, start: Item | undefined) {
    const command = new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      FilterExpression: 'caller = :caller',
      ProjectionExpression: 'v, askedModel, #error, #lines',
      ExpressionAttributeNames: { '#error': 'error', '#lines': 'lines' },
      ExpressionAttributeValues: { ':pk': { S: pk }, ':caller': { S: caller } },
      ...(start ? { ExclusiveStartKey: start } : {}),
    });
    const { Items = [], LastEvaluatedKey: next } = await table.client.send(command);
    const records = Items.filter(isKnown).flatMap((item): SummedRecord[] => {
      const { success, data } = record.safeParse(fromItem(item));
      return success ? [data] : [];
    });
    return { records, next };
  }

  async function look(id: string): Promise<OwnUsage> {
    const [caller, days] = JSON.parse(id) as [string, string[]];
    const until = time.now() + MOST_MS;
    const sum = sumByModel();
    let pages = 0;
    let open: { pk: string; start?: Item | undefined }[] = days.flatMap((day) =>
      Array.from({ length: USAGE_SHARDS }, (_, shard) => ({ pk: usagePartition(day, shard) })),
    );
    while (open.length > 0 && pages < MOST_PAGES && time.now() < until) {
      const now = open.slice(0, AT_ONCE);
      const read = await Promise.all(now.map(async ({ pk, start }) => ({ pk, ...(await page(pk, caller, start)) })));
      pages += read.length;
      for (const { records } of read) for (const one of records) sum.add(one);
      const more = read.flatMap(({ pk, next }) => (next ? [{ pk, start: next }] : []));
      open = [...more, ...open.slice(AT_ONCE)];
    }
    return { ...sum.sums(), isComplete: open.length === 0 };
  }

  const { find } = createRemembered({ look, message: 'usage cannot be read anew: it is shown as it was', time, log });
  return { read: async (caller, days) => (await find(JSON.stringify([caller, days])))! };
}
