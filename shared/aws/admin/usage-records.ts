import type { QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { ReportedRecord, UsageRecords } from '../../operations/ports.ts';
import { fromItem } from '../attributes.ts';
import type { Table } from '../table.ts';
import { usagePages } from '../usage-items.ts';
import { orAway } from './calls.ts';

/** Shards that are read at the same time: a few pages are in memory, in which reports are summed. */
const AT_ONCE = 8;

const reported = z.object({
  caller: z.string(),
  callerName: z.string().optional(),
  callerGroup: z.string().optional(),
  session: z.string().optional(),
  agent: z.string().optional(),
  provider: z.string().optional(),
  model: z.string().optional(),
  error: z.string().optional(),
  lines: z.string().default('[]'),
});

/** Everybody's records. */
export function createUsageRecords(table: Table): UsageRecords {
  const fields = Object.keys(reported.shape);
  return {
    async *ofDay(day, signal) {
      signal.throwIfAborted();
      const send = (command: QueryCommand) => orAway(() => table.client.send(command));
      for await (const pages of usagePages(table, { day, fields, atOnce: AT_ONCE, send })) {
        for (const items of pages) {
          yield items.flatMap((item): ReportedRecord | [] => reported.safeParse(fromItem(item)).data ?? []);
        }
        signal.throwIfAborted();
      }
    },
  };
}
