import { QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { ReportedRecord, UsageRecords } from '../../operations/ports.ts';
import { fromItem, type Item } from '../attributes.ts';
import type { Table } from '../table.ts';
import { USAGE_SHARDS, usagePartition } from '../usage-items.ts';
import { isKnown } from '../version.ts';
import { orAway } from './calls.ts';

/** Shards that are read at the same time. */
const AT_ONCE = 8;

const fields = ['v', 'caller', 'callerName', 'provider', 'model', 'error', 'lines'] as const;

const reported = z.object({
  caller: z.string(),
  callerName: z.string().optional(),
  provider: z.string().optional(),
  model: z.string().optional(),
  error: z.string().optional(),
  lines: z.string().default('[]'),
});

/** Reads the records of a day from all its shards, a few pages in memory at a time. */
export function createUsageRecords(table: Table): UsageRecords {
  async function page(pk: string, start: Item | undefined): Promise<{ records: ReportedRecord[]; next?: Item }> {
    const command = new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ProjectionExpression: fields.map((name) => `#${name}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(fields.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: { ':pk': { S: pk } },
      ...(start ? { ExclusiveStartKey: start } : {}),
    });
    const { Items = [], LastEvaluatedKey } = await orAway(() => table.client.send(command));
    const records = Items.filter(isKnown).flatMap((item) => reported.safeParse(fromItem(item)).data ?? []);
    return { records, ...(LastEvaluatedKey ? { next: LastEvaluatedKey } : {}) };
  }

  return {
    async *ofDay(day, signal) {
      let open: { shard: number; start?: Item }[] = Array.from({ length: USAGE_SHARDS }, (_, shard) => ({ shard }));
      while (open.length > 0) {
        signal.throwIfAborted();
        const [now, later] = [open.slice(0, AT_ONCE), open.slice(AT_ONCE)];
        const pages = await Promise.all(
          now.map(async ({ shard, start }) => ({ shard, ...(await page(usagePartition(day, shard), start)) })),
        );
        for (const { records } of pages) yield records;
        open = [...pages.flatMap(({ shard, next }) => (next ? [{ shard, start: next }] : [])), ...later];
      }
    },
  };
}
