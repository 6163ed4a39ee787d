import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalTable, startTable } from '../../infra/local/table.ts';
import { createOwnUsage } from '../../shared/aws/own-usage.ts';
import { usageItem } from '../../shared/aws/usage-items.ts';
import { usageRecord } from './record.ts';

let local: LocalTable;
beforeAll(async () => {
  local = await startTable();
});
afterAll(() => local.close());

async function put(caller: string, day: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const one = usageRecord({ requestId: `req_${caller}${day}${n}`, caller, time: `${day}T08:00:00.000Z` });
    await local.table.client.send(new PutItemCommand({ TableName: local.table.name, Item: usageItem(one, 30) }));
  }
}

test('the records of one caller are summed over all shards of its days, and no others', async () => {
  await put('key_ann', '2026-11-20', 40);
  await put('key_ann', '2026-11-21', 3);
  await put('key_bob', '2026-11-21', 5);
  let now = 0;
  const usage = createOwnUsage({ table: local.table, time: { now: () => now }, log: { warn: () => {} } });
  const { total, models, isComplete } = await usage.read('key_ann', ['2026-11-20', '2026-11-21']);
  expect([total.requests, isComplete, [...models.values()].map(({ requests }) => requests)]).toEqual([43, true, [43]]);
  await put('key_ann', '2026-11-22', 1);
  const today = async () => (await usage.read('key_ann', ['2026-11-22'])).total.requests;
  expect(await today()).toBe(1);
  await put('key_ann', '2026-11-22', 2);
  expect(await today()).toBe(1);
  now = 30_000;
  expect(await today()).toBe(2);
});

test('a question that takes too long is answered in part, and says so', async () => {
  let now = 0;
  const time = { now: () => (now += 2_000) };
  const usage = createOwnUsage({ table: local.table, time, log: { warn: () => {} } });
  const days = Array.from({ length: 9 }, (_, day) => `2026-10-0${day + 1}`);
  expect((await usage.read('key_ann', days)).isComplete).toBe(false);
});
