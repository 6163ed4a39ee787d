import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalTable, startTable } from '../../infra/local/table.ts';
import type { UsageRecord } from '../../shared/accounting/record.ts';
import { systemTime } from '../../shared/async/time.ts';
import { fromItem } from '../../shared/aws/attributes.ts';
import { openTable } from '../../shared/aws/table.ts';
import { writeBatches, writeEach } from '../../shared/aws/usage.ts';
import { usageItem } from '../../shared/aws/usage-items.ts';
import type { Log } from '../../shared/log.ts';

let local: LocalTable;
const lost: UsageRecord[] = [];
const log: Log = {
  warn: () => {},
  error: (_, fields) => void lost.push(fields?.record as UsageRecord),
};

beforeAll(async () => {
  local = await startTable();
});
afterAll(() => local.close());

const record = (n: number): UsageRecord => ({
  requestId: `req_${n}`,
  time: new Date(Date.UTC(2026, 10, 21, 8, 0, n % 60)).toISOString(),
  caller: 'master',
  purpose: 'chat',
  dialect: 'openai-chat',
  askedModel: 'a',
  provider: 'p',
  model: 'm',
  attempts: [{ purpose: 'answer', provider: 'p', model: 'm', startedMs: 0, totalMs: 5 }],
  usage: { input: n, output: 2, cacheRead: 1, reasoning: 1 },
  totalMs: 5,
  status: 200,
  streamed: true,
});

async function all() {
  const { Items = [] } = await local.table.client.send(new ScanCommand({ TableName: local.table.name }));
  return Items.map(fromItem);
}

// One partition takes 1,000 writes a second, and the number of them cannot change later: reports ask each one.
test('the records of a day are spread evenly over 32 partitions', () => {
  const partitions = Array.from({ length: 3200 }, (_, n) => usageItem(record(n), 30).pk?.S);
  const sizes = new Map<string | undefined, number>();
  for (const pk of partitions) sizes.set(pk, (sizes.get(pk) ?? 0) + 1);
  expect(sizes.size).toBe(32);
  expect(Math.max(...sizes.values())).toBeLessThan(160);
});

describe('usage records', () => {
  test('of many requests at once are written in batches, each once', async () => {
    const usage = writeBatches({ table: local.table, retentionDays: 30, log, time: systemTime });
    for (let n = 0; n < 60; n += 1) await usage.write(record(n));
    await usage.flush();
    const written = await all();
    expect(written.length).toBe(60);
    expect(new Set(written.map(({ pk }) => pk)).size).toBeGreaterThan(20);
    expect(written.find(({ requestId }) => requestId === 'req_7')).toMatchObject({
      inputTokens: 7,
      outputTokens: 2,
      cacheReadTokens: 1,
      reasoningTokens: 1,
      streamed: true,
    });
    expect(lost).toEqual([]);
  });

  test('written twice are written once', async () => {
    const usage = writeEach({ table: local.table, retentionDays: 30, log });
    await usage.write(record(7));
    await usage.write(record(7));
    expect((await all()).filter(({ requestId }) => requestId === 'req_7').length).toBe(1);
  });

  test('that cannot be written go to the log, whole, one by one', async () => {
    const table = openTable('no-such-table', {
      endpoint: local.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    const usage = writeBatches({ table, retentionDays: 30, log, time: systemTime });
    for (const n of [1001, 1002]) await usage.write(record(n));
    await usage.flush();
    expect(lost.map(({ requestId }) => requestId).sort()).toEqual(['req_1001', 'req_1002']);
    expect(lost[0]).toMatchObject({ usage: { output: 2 }, provider: 'p' });
  });

  test('that DynamoDB refuses are lost alone, and logged whole: the others of their batch are written', async () => {
    const before = lost.length;
    const usage = writeBatches({ table: local.table, retentionDays: 30, log, time: systemTime });
    const tooLarge = { ...record(3007), model: 'x'.repeat(450_000) };
    for (let n = 3000; n < 3025; n += 1) await usage.write(n === 3007 ? tooLarge : record(n));
    await usage.flush();
    const written = (await all()).map(({ requestId }) => Number(String(requestId).slice(4))).filter((n) => n >= 3000);
    expect(written.sort()).toEqual(Array.from({ length: 25 }, (_, n) => 3000 + n).filter((n) => n !== 3007));
    expect(lost.slice(before)).toEqual([tooLarge]);
  });

  test('that are in one batch twice do not take it with them', async () => {
    const before = lost.length;
    const usage = writeBatches({ table: local.table, retentionDays: 30, log, time: systemTime });
    for (const n of [4000, 4001, 4000, 4002, 4000]) await usage.write(record(n));
    await usage.flush();
    const written = (await all()).map(({ requestId }) => Number(String(requestId).slice(4))).filter((n) => n >= 4000);
    expect(written.sort()).toEqual([4000, 4001, 4002]);
    expect(lost.length).toBe(before);
  });

  test('of a request with very many attempts are written with the lines that fit', async () => {
    const before = lost.length;
    const usage = writeEach({ table: local.table, retentionDays: 30, log });
    const line = { purpose: 'vision' as const, provider: 'p', model: '長'.repeat(250), startedMs: 0, totalMs: 5 };
    await usage.write({ ...record(5000), attempts: Array.from({ length: 3000 }, () => line) });
    const [written] = (await all()).filter(({ requestId }) => requestId === 'req_5000');
    expect(written).toMatchObject({ attempts: 3000 });
    const lines = JSON.parse(String(written!.lines)) as unknown[];
    expect(lines.length).toBeGreaterThan(200);
    expect(lines.length + Number(written!.linesLeftOut)).toBe(3000);
    expect(lost.length).toBe(before);
  });

  test('that DynamoDB left unprocessed are asked for again', async () => {
    let calls = 0;
    const written: string[] = [];
    const throttled = http.createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const requests = JSON.parse(Buffer.concat(chunks).toString()).RequestItems.t as {
        PutRequest: { Item: { requestId: { S: string } } };
      }[];
      calls += 1;
      const left = calls === 1 ? requests.slice(1) : [];
      written.push(
        ...requests.slice(0, requests.length - left.length).map(({ PutRequest }) => PutRequest.Item.requestId.S),
      );
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ UnprocessedItems: left.length === 0 ? {} : { t: left } }));
    });
    await new Promise<void>((resolve) => throttled.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(throttled.address() as AddressInfo).port}`;
    const table = openTable('t', {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    const usage = writeBatches({ table, retentionDays: 30, log, time: systemTime });
    const before = lost.length;
    for (const n of [2001, 2002, 2003]) await usage.write(record(n));
    await usage.flush();
    expect(calls).toBe(2);
    expect(written.sort()).toEqual(['req_2001', 'req_2002', 'req_2003']);
    expect(lost.length).toBe(before);
    throttled.closeAllConnections();
    throttled.close();
  });
});
