import { QueryCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Time } from '../../async/time.ts';
import type { Log } from '../../log.ts';
import type { AuditEntry, AuditLog } from '../../operations/ports.ts';
import { fromItem, type Item, toItem } from '../attributes.ts';
import type { Table } from '../table.ts';
import { ITEM_VERSION, isKnown } from '../version.ts';
import { deleteItem, getItem, getKnownItem, isAway, leavingNewer, orAway, putItem, setItem } from './calls.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { Place } from './kinds.ts';

const KEPT_SECONDS = 365 * 86_400;
/** A change that was announced and not made within this time will not be made any more: no call lives so long. */
const FORGOTTEN_MS = 15 * 60_000;
const MOST_PENDING = 100;
const pending = 'AUDIT#PENDING';

const auditEntry = z.object({
  id: z.string(),
  time: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  requestId: z.string(),
});

interface Options {
  table: Table;
  time: Pick<Time, 'now'>;
  log: Pick<Log, 'warn'>;
}

export interface AuditedWrite {
  place: Place;
  /** Without version and entry. */
  fields: Item;
  /** What it replaces, as it was read; its version is 0 where nothing is there. */
  before: { version: number; item?: Item | undefined };
  /** One more than the version before, unless given. */
  version?: number;
  entry: AuditEntry;
  /** Further writes that belong to the change, done before anyone can see it; where they were not done, it is taken back. */
  commit?: () => Promise<boolean>;
}

/**
 * Writes items together with their audit entries. DynamoDB writes one item at once, so the entry of the last change lies in the
 * changed item itself: there is no change without its entry. It is then copied to the audit log. A note made before (`AUDIT#PENDING`)
 * says which item to look at, so that reading the log finds an entry whose process ended before it was copied.
 */
export function createAudit({ table, time, log }: Options) {
  async function copy(entry: AuditEntry): Promise<void> {
    // Always the same item for an entry: copying it twice is copying it once.
    const { before, after, ...fields } = entry;
    const item = toItem({
      pk: `AUDIT#${entry.time.slice(0, 7)}`,
      sk: `${entry.time}#${entry.id}`,
      v: ITEM_VERSION,
      ttl: Math.floor(Date.parse(entry.time) / 1000) + KEPT_SECONDS,
      ...fields,
      before: JSON.stringify(before),
      after: JSON.stringify(after),
    });
    // An entry that a newer version wrote is in the log already.
    await leavingNewer(() => setItem(table, item));
  }

  const noteOf = ({ id }: AuditEntry): Place => ({ pk: pending, sk: id });

  async function write(written: AuditedWrite): Promise<boolean> {
    const { place, fields, before, version = before.version + 1, entry, commit } = written;
    const earlier = before.item && entryOf(before.item);
    if (earlier) await copy(earlier);
    await setItem(
      table,
      toItem({ ...noteOf(entry), v: ITEM_VERSION, at: time.now(), itemPk: place.pk, itemSk: place.sk }),
    );
    const item = { ...fields, ...toItem({ version, entry: JSON.stringify(entry) }) };
    const isWritten = (await putItem(table, item, before.version)) || (await isOurs(place, entry));
    if (!isWritten || (commit && !(await commit()))) {
      await deleteItem(table, noteOf(entry));
      return false;
    }
    try {
      await settle(entry);
    } catch (cause) {
      // The change is made, and its entry is in the item: the next reader of the log copies it.
      log.warn('an audit entry is not copied yet', { subject: entry.subject, cause });
    }
    return true;
  }

  async function settle(entry: AuditEntry): Promise<void> {
    await copy(entry);
    await deleteItem(table, noteOf(entry));
  }

  /** A write whose answer was lost is sent again by the SDK, and then finds its own change. */
  async function isOurs(place: Place, { id }: AuditEntry): Promise<boolean> {
    const item = await getKnownItem(table, place);
    return item !== undefined && entryOf(item)?.id === id;
  }

  /** Copies the entries that were left behind, oldest first. */
  async function settleAll(): Promise<void> {
    const command = new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: pending } },
      ConsistentRead: true,
      Limit: MOST_PENDING,
    });
    const { Items = [] } = await orAway(() => table.client.send(command));
    for (const { sk, at, itemPk, itemSk } of Items.filter(isKnown).map(fromItem)) {
      const id = String(sk);
      const isForgotten = Number(at) < time.now() - FORGOTTEN_MS;
      try {
        if (await settleNote(id, { pk: String(itemPk), sk: String(itemSk) })) continue;
      } catch (cause) {
        if (!isForgotten && isAway(cause)) throw cause;
        // One note does not make the log unreadable, whatever it refers to.
        log.warn('an audit note cannot be settled', { id, cause });
      }
      if (isForgotten) await deleteItem(table, { pk: pending, sk: id });
    }
  }

  /** Copies the entry that a note announced, where its change was made. */
  async function settleNote(id: string, place: Place): Promise<boolean> {
    const item = await getItem(table, place);
    const entry = item && entryOf(item);
    // While a key is given another secret, its new item is not in force yet.
    if (entry?.id !== id || item?.replaces) return false;
    await settle(entry);
    return true;
  }

  const list: AuditLog['list'] = async (month, { limit, cursor }) => {
    await settleAll();
    const pk = `AUDIT#${month}`;
    const start = cursor === undefined ? undefined : readCursor(cursor, pk);
    const command = new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      FilterExpression: '#ttl > :now',
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: { ':pk': { S: pk }, ':now': { N: String(Math.floor(time.now() / 1000)) } },
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: limit,
      ...(start ? { ExclusiveStartKey: toItem({ pk, sk: start }) } : {}),
    });
    const { Items = [], LastEvaluatedKey } = await orAway(() => table.client.send(command));
    const items = Items.filter(isKnown).map((item) => {
      const { before, after, ...fields } = fromItem(item);
      return auditEntry.parse({ ...fields, before: JSON.parse(String(before)), after: JSON.parse(String(after)) });
    });
    const next = LastEvaluatedKey && writeCursor({ list: pk, after: LastEvaluatedKey.sk?.S ?? '' });
    return { items, ...(next === undefined ? {} : { next }) };
  };

  return { write, log: copy, list };
}

export type Audit = ReturnType<typeof createAudit>;

function entryOf({ entry }: Item): AuditEntry | undefined {
  return entry?.S === undefined ? undefined : auditEntry.parse(JSON.parse(entry.S));
}
