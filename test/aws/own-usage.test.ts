import { PutItemCommand, type QueryCommand } from '@aws-sdk/client-dynamodb';
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

async function put(caller: string, day: string, count: number, from = 0): Promise<void> {
  for (let n = from; n < from + count; n += 1) {
    const one = usageRecord({ requestId: `req_${caller}${day}${n}`, caller, time: `${day}T08:00:00.000Z` });
    await local.table.client.send(new PutItemCommand({ TableName: local.table.name, Item: usageItem(one, 30) }));
  }
}

/** A reader whose questions to the table are counted. */
function open({ now = Date.parse('2026-11-22T12:00:00.000Z'), step = 0 } = {}) {
  const clock = { now };
  const asked: string[] = [];
  const client = Object.create(local.table.client) as typeof local.table.client;
  client.send = ((command: QueryCommand) => {
    asked.push(String(command.input.ExpressionAttributeValues?.[':pk']?.S).split('#')[1]!);
    return local.table.client.send(command);
  }) as typeof client.send;
  const time = { now: () => (clock.now += step) };
  return { clock, asked, ...createOwnUsage({ table: { ...local.table, client }, retentionDays: 30, time }) };
}

test('the records of one caller are summed over all shards of its days, and no others', async () => {
  await put('key_ann', '2026-11-20', 40);
  await put('key_ann', '2026-11-21', 3);
  await put('key_bob', '2026-11-21', 5);
  const { read } = open();
  const { total, models, isComplete } = await read('key_ann', ['2026-11-20', '2026-11-21']);
  expect([total.requests, isComplete, [...models.values()].map(({ requests }) => requests)]).toEqual([43, true, [43]]);
  expect((await read('key_bob', ['2026-11-21'])).total.requests).toBe(5);
});

test('today is read once in half a minute, a day that is over once in an hour, whatever days are asked for with it', async () => {
  await put('key_cid', '2026-11-21', 1);
  await put('key_cid', '2026-11-22', 1);
  const { read, clock, asked } = open();
  const sum = async (...days: string[]) => (await read('key_cid', days)).total.requests;
  expect(await sum('2026-11-22')).toBe(1);
  await put('key_cid', '2026-11-22', 1, 1);
  expect(await sum('2026-11-21', '2026-11-22')).toBe(2);
  expect(asked).toHaveLength(64);
  clock.now += 30_000;
  expect(await sum('2026-11-21', '2026-11-22')).toBe(3);
  expect(asked.slice(64)).toEqual(Array.from({ length: 32 }, () => '2026-11-22'));
});

test('a day is no day that is over until its last requests are', async () => {
  const { read, clock, asked } = open({ now: Date.parse('2026-11-22T00:30:00.000Z') });
  await read('key_ann', ['2026-11-21']);
  clock.now += 30_000;
  await read('key_ann', ['2026-11-21']);
  expect(asked).toHaveLength(64);
});

test('questions at the same time are one', async () => {
  const { read, asked } = open();
  await Promise.all(Array.from({ length: 5 }, () => read('key_ann', ['2026-11-20'])));
  expect(asked).toHaveLength(32);
});

test('days that can have no records cost nothing', async () => {
  const { read, asked } = open();
  const days = ['0001-01-01', '2026-10-01', '2026-11-24', '9999-12-31'];
  expect(await read('key_ann', days)).toMatchObject({ total: { requests: 0 }, isComplete: true });
  expect(asked).toEqual([]);
});

test('a question that takes too long is answered in part, and says so', async () => {
  const { read } = open({ step: 2_000 });
  const days = Array.from({ length: 9 }, (_, day) => `2026-11-1${day}`);
  expect((await read('key_ann', days)).isComplete).toBe(false);
});

test('a table that is away fails the question, and the next one asks again', async () => {
  const { read } = open();
  const away = createOwnUsage({
    table: { ...local.table, name: 'no-such' },
    retentionDays: 30,
    time: { now: () => Date.parse('2026-11-22') },
  });
  await expect(away.read('key_ann', ['2026-11-20'])).rejects.toThrow();
  await expect(away.read('key_ann', ['2026-11-20'])).rejects.toThrow();
  expect((await read('key_ann', ['2026-11-20'])).total.requests).toBe(40);
});
