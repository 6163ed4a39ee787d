import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalTable, startTable } from '../../../infra/local/table.ts';
import { createKeptResponses } from '../../../shared/aws/memory/kept-responses.ts';
import { createFakeTime } from '../../support/fake-time.ts';

let local: LocalTable;
const time = createFakeTime({ now: 1_700_000_000_000 });
const warned: string[] = [];
const log = { warn: (message: string) => void warned.push(message) };
const kept = { caller: 'key_1', provider: 'openai', model: 'gpt-5', isPending: true };

beforeAll(async () => {
  local = await startTable();
});
afterAll(() => local.close());

const open = () => createKeptResponses({ table: local.table, time, log });

test('what was noted is found, and forgotten', async () => {
  const notes = open();
  expect(await notes.find('resp_1')).toBeUndefined();
  await notes.write({ id: 'resp_1', ...kept });
  expect(await notes.find('resp_1')).toEqual({ id: 'resp_1', ...kept });
  await notes.remove('resp_1');
  expect(await notes.find('resp_1')).toBeUndefined();
});

test('of many who count a pending one at the same time, one does', async () => {
  const notes = open();
  await notes.write({ id: 'resp_2', ...kept });
  const counted = await Promise.all(Array.from({ length: 8 }, () => notes.counted('resp_2')));
  expect(counted.filter(Boolean)).toHaveLength(1);
  expect(await notes.find('resp_2')).toMatchObject({ isPending: false });
  expect(await notes.counted('resp_unknown')).toBe(false);
});

test('after 30 days it is not found, whether the table has deleted it or not', async () => {
  const notes = open();
  await notes.write({ id: 'resp_3', ...kept });
  await time.advance(30 * 86_400_000 - 1000);
  expect(await notes.find('resp_3')).toBeDefined();
  await time.advance(2000);
  expect(await notes.find('resp_3')).toBeUndefined();
});

test('an item of a later version is left alone', async () => {
  const notes = open();
  await notes.write({ id: 'resp_4', ...kept });
  await local.table.client.send(
    new UpdateItemCommand({
      TableName: local.table.name,
      Key: { pk: { S: 'RESPONSE#resp_4' }, sk: { S: 'RESPONSE' } },
      UpdateExpression: 'SET v = :later',
      ExpressionAttributeValues: { ':later': { N: '99' } },
    }),
  );
  expect(await notes.find('resp_4')).toBeUndefined();
  await notes.write({ id: 'resp_4', ...kept });
  expect(await notes.find('resp_4')).toBeUndefined();
});

test('where the table is away, noting gives up with one warning and the rest fails', async () => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new DynamoDBClient({
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });
  const notes = createKeptResponses({ table: { name: 't', client }, time, log });
  warned.length = 0;
  await notes.write({ id: 'resp_5', ...kept });
  await notes.write({ id: 'resp_6', ...kept });
  expect(warned).toEqual([expect.stringMatching(/kept responses cannot be noted/)]);
  await expect(notes.find('resp_5')).rejects.toThrow();
});
