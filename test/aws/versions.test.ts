import { GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalTable, startTable } from '../../infra/local/table.ts';
import { systemTime } from '../../shared/async/time.ts';
import { fromItem, type Item, toItem } from '../../shared/aws/attributes.ts';
import { createKeys } from '../../shared/aws/keys.ts';
import { createMemoryTable } from '../../shared/aws/memory/table.ts';
import { createScopes, scopePartition } from '../../shared/aws/scopes.ts';
import { writeBatches, writeEach } from '../../shared/aws/usage.ts';
import { usageItem } from '../../shared/aws/usage-items.ts';
import type { MemoryTable } from '../../shared/remember/table.ts';
import { usageRecord } from './record.ts';

/** Items that a newer Sluice wrote stay in the table when an older one runs again. */
let local: LocalTable;
let table: MemoryTable<string>;
const names = { subject: 'IMAGE', value: 'TEXT', all: 'IMAGES', counts: 'VISION' };
const silent = { warn: () => {}, error: () => {} };

beforeAll(async () => {
  local = await startTable();
  table = createMemoryTable({ table: local.table, names, ttlSeconds: 3600, time: systemTime });
});
afterAll(() => local.close());

async function put(pk: string, sk: string, fields: Record<string, string | number> = {}): Promise<Item> {
  const Item = toItem({ pk, sk, v: 2, ...fields });
  await local.table.client.send(new PutItemCommand({ TableName: local.table.name, Item }));
  return Item;
}

async function get(pk: string, sk: string): Promise<Item | undefined> {
  const Key = toItem({ pk, sk });
  return (await local.table.client.send(new GetItemCommand({ TableName: local.table.name, Key, ConsistentRead: true })))
    .Item;
}

let subjects = 0;
const newKey = () => ({ subject: `${subjects++}`.padStart(64, '0'), variant: 'v' });
const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3600;
const entry = { value: 'a dot', ms: 1, generation: '0.0', expiresAt: inAnHour() };
// dynalite does not send back the item that a condition was not met by: a change then is not done, and says no more.
const scopes = () => createScopes(local.table, systemTime);
const terms = () => ({ generation: '0.0', now: Date.now(), until: Date.now() + 20_000 });
const counts = { hits: 1, misses: 1, errors: 0, savedMs: 1, stored: 0, storedBytes: 0 };

test('every item that is written has the version 1; every write of one item has it in its condition', async () => {
  const clients = [local.table.client, local.table.quick!];
  const conditions: unknown[] = [];
  for (const { middlewareStack } of clients)
    middlewareStack.add(
      (next, context) => (args) => {
        const { ConditionExpression: condition } = args.input as { ConditionExpression?: string };
        if (/^(?:Put|Update|Delete)Item/.test(String(context.commandName))) conditions.push(condition);
        return next(args);
      },
      { step: 'initialize', name: 'conditions' },
    );
  const key = newKey();
  const leased = newKey();
  await table.write(key, entry);
  await table.lease(leased, terms());
  await table.count('2026-01-31', counts);
  await table.renew(leased, Date.now() + 20_000);
  await table.release(leased);
  await table.clear(key.subject);
  await scopes().change('s0', { add: { requests: 1 } });
  await writeEach({ table: local.table, retentionDays: 1, log: silent }).write(usageRecord({ requestId: 'r1' }));
  const batches = writeBatches({ table: local.table, retentionDays: 1, log: silent, time: systemTime });
  await batches.write(usageRecord({ requestId: 'r2' }));
  await batches.flush();
  const { Items = [] } = await local.table.client.send(new ScanCommand({ TableName: local.table.name }));
  for (const { middlewareStack } of clients) middlewareStack.remove('conditions');
  expect(conditions).toHaveLength(8);
  for (const condition of conditions) expect(condition).toMatch(/^\(attribute_not_exists\(#?v\) OR #?v = :v\)/);
  expect(Items.length).toBe(7);
  expect(Items.map(fromItem).filter(({ v }) => v !== 1)).toEqual([]);
});

describe('of an unknown version', () => {
  test('a value is not read, and neither a lease nor a new value changes it', async () => {
    const key = newKey();
    const fields = { generation: '0.0', ms: 1, ttl: inAnHour() };
    const before = await put(`IMAGE#${key.subject}`, 'TEXT#v', fields);
    expect(await table.read(key)).toEqual({ generation: '0.0', entry: undefined });
    // Waiting for another process would be in vain: the value is made and kept in memory only.
    expect(await table.lease(key, terms())).toBe(true);
    await table.renew(key, Date.now() + 1);
    await table.release(key);
    expect(await table.write(key, entry)).toBe(0);
    expect(await get(`IMAGE#${key.subject}`, 'TEXT#v')).toEqual(before);
  });

  test('a generation makes what it covers neither readable nor clearable', async () => {
    const key = newKey();
    const before = await put(`IMAGE#${key.subject}`, 'GENERATION', { generation: 7 });
    await table.write(key, { ...entry, generation: '0.7' });
    expect(await table.read(key)).toEqual({ generation: undefined, entry: undefined });
    expect(await table.generation(key.subject)).toBeUndefined();
    await expect(table.clear(key.subject)).rejects.toThrow();
    expect(await get(`IMAGE#${key.subject}`, 'GENERATION')).toEqual(before);
  });

  test('counts are neither added to nor summed up', async () => {
    const before = await put('VISION#2026-02-01', 'COUNTS', { hits: 1000 });
    await table.count('2026-02-01', counts);
    await table.count('2026-02-02', counts);
    expect(await get('VISION#2026-02-01', 'COUNTS')).toEqual(before);
    expect(await table.counted(['2026-02-01', '2026-02-02'])).toMatchObject({ hits: 1, misses: 1 });
  });

  test('a usage record is not overwritten: the new one goes to the log', async () => {
    const record = usageRecord({ requestId: 'r3' });
    const { pk, sk } = fromItem(usageItem(record, 1));
    const before = await put(String(pk), String(sk));
    const logged: unknown[] = [];
    const log = { ...silent, error: (message: string) => void logged.push(message) };
    await writeEach({ table: local.table, retentionDays: 1, log }).write(record);
    expect(await get(String(pk), String(sk))).toEqual(before);
    expect(logged).toEqual(['usage_unwritten']);
  });

  test('a scope is neither read nor changed', async () => {
    const before = await put(scopePartition('s1'), 'STATE', { rq: 5 });
    await expect(scopes().read('s1')).rejects.toThrow('version 2');
    await scopes()
      .change('s1', { add: { requests: 1 } })
      .catch(() => {});
    expect(await get(scopePartition('s1'), 'STATE')).toEqual(before);
  });

  // Whether it was revoked, or what it may do, may stand in an attribute that this version does not know.
  test('a key is neither accepted nor refused', async () => {
    await put('KEY#0a', 'KEY', { id: 'k', name: 'team' });
    const keys = createKeys({ table: local.table, time: systemTime, log: silent });
    await expect(keys.find('0a')).rejects.toThrow('version 2');
  });
});
