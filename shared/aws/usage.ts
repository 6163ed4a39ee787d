import { BatchWriteItemCommand, PutItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { Records, UsageRecord } from '../accounting/record.ts';
import type { Time, Timer } from '../async/time.ts';
import type { Log } from '../log.ts';
import type { Table } from './table.ts';
import { usageItem } from './usage-items.ts';
import { ifKnown } from './version.ts';

interface Options {
  table: Table;
  retentionDays: number;
  log: Log;
}

/** Writes each record at once: for a function, which serves one request at a time and has answered it by then. */
export function writeEach({ table, retentionDays, log }: Options): Pick<Records, 'write'> {
  return {
    async write(record) {
      try {
        const Item = usageItem(record, retentionDays);
        await table.client.send(new PutItemCommand({ TableName: table.name, Item, ...ifKnown }));
      } catch (cause) {
        logUnwritten(record, cause, log);
      }
    },
  };
}

/** DynamoDB takes this many items in one call. */
const BATCH = 25;
const WAIT_MS = 50;
const TRIES = 3;

export interface BatchedRecords extends Pick<Records, 'write'> {
  /** Resolves when all that was taken is out; a host calls it before it ends. */
  flush(): Promise<void>;
}

/**
 * Collects records for some tens of milliseconds and writes them together: for a host of many requests at once, where one
 * call a record would cost as much as serving it. `write` resolves at once, so that no request is kept for its record.
 */
export function writeBatches({ table, retentionDays, log, time }: Options & { time: Time }): BatchedRecords {
  let waiting: UsageRecord[] = [];
  let timer: Timer | undefined;
  const underWay = new Set<Promise<void>>();

  function send(): void {
    timer?.clear();
    timer = undefined;
    if (waiting.length === 0) return;
    const written = writeAll(waiting);
    waiting = [];
    underWay.add(written);
    written.finally(() => underWay.delete(written));
  }

  async function writeAll(records: UsageRecord[]): Promise<void> {
    const items = records.map((record) => ({ record, Item: usageItem(record, retentionDays) }));
    const byKey = new Map(items.map(({ record, Item }) => [Item.sk?.S, record]));
    let requests: WriteRequest[] = items.map(({ Item }) => ({ PutRequest: { Item } }));
    let cause: unknown;
    for (let tries = 0; tries < TRIES && requests.length > 0; tries += 1) {
      if (tries > 0) await time.sleep(WAIT_MS * 2 ** tries);
      try {
        const command = new BatchWriteItemCommand({ RequestItems: { [table.name]: requests } });
        const { UnprocessedItems } = await table.client.send(command);
        requests = UnprocessedItems?.[table.name] ?? [];
      } catch (thrown) {
        cause = thrown;
      }
    }
    for (const { PutRequest } of requests) {
      const record = byKey.get(PutRequest?.Item?.sk?.S);
      if (record) logUnwritten(record, cause, log);
    }
  }

  return {
    async write(record) {
      waiting.push(record);
      if (waiting.length >= BATCH) send();
      else timer ??= time.after(WAIT_MS, send);
    },
    async flush() {
      send();
      await Promise.all(underWay);
    },
  };
}

/** The whole record as one line: nothing that was used is forgotten, whatever happens to the table. */
function logUnwritten(record: UsageRecord, cause: unknown, log: Log): void {
  log.error('usage_unwritten', { record, cause });
}
