import { BatchWriteItemCommand, PutItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import type { Records, UsageRecord } from '../accounting/record.ts';
import type { Time, Timer } from '../async/time.ts';
import type { Log } from '../log.ts';
import type { Item } from './attributes.ts';
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
 * A batch takes no conditions, so it does not look for items of another version: the key of a record has the id of its request,
 * which is made by chance in this process, and no other process writes it.
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

  async function writeAll(records: readonly UsageRecord[]): Promise<void> {
    const entries = new Map<string, Entry>();
    // DynamoDB refuses a batch with one key twice.
    const again: UsageRecord[] = [];
    for (const record of records) {
      const Item = usageItem(record, retentionDays);
      const key = keyOf(Item);
      if (entries.has(key)) again.push(record);
      else entries.set(key, { record, request: { PutRequest: { Item } } });
    }
    await writeTogether(entries);
    if (again.length > 0) await writeAll(again);
  }

  /** Writes items in one call; where DynamoDB refuses it, in two halves, until the item that it refuses is alone. */
  async function writeTogether(entries: ReadonlyMap<string, Entry>): Promise<void> {
    let requests = [...entries.values()].map(({ request }) => request);
    let cause: unknown;
    for (let tries = 0; tries < TRIES && requests.length > 0 && !isRefusal(cause); tries += 1) {
      if (tries > 0) await time.sleep(WAIT_MS * 2 ** tries);
      try {
        const command = new BatchWriteItemCommand({ RequestItems: { [table.name]: requests } });
        const { UnprocessedItems } = await table.client.send(command);
        requests = UnprocessedItems?.[table.name] ?? [];
      } catch (thrown) {
        cause = thrown;
      }
    }
    const left = requests.flatMap(({ PutRequest }) => {
      const key = keyOf(PutRequest?.Item ?? {});
      const entry = entries.get(key);
      return entry ? [[key, entry] as const] : [];
    });
    if (isRefusal(cause) && left.length > 1) {
      const middle = Math.ceil(left.length / 2);
      await writeTogether(new Map(left.slice(0, middle)));
      await writeTogether(new Map(left.slice(middle)));
    } else {
      for (const [, { record }] of left) logUnwritten(record, cause, log);
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

interface Entry {
  record: UsageRecord;
  request: WriteRequest;
}

const keyOf = ({ pk, sk }: Item): string => `${pk?.S} ${sk?.S}`;

/** What would be refused again: something in the call is wrong, such as an item that is too large. */
const isRefusal = (cause: unknown): boolean =>
  cause instanceof Error && (cause.name === 'ValidationException' || cause.name === 'SerializationException');

/** The whole record as one line: nothing that was used is forgotten, whatever happens to the table. */
function logUnwritten(record: UsageRecord, cause: unknown, log: Log): void {
  log.error('usage_unwritten', { record, cause });
}
