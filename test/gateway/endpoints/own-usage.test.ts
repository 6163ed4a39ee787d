import { expect, test } from 'vitest';
import { sumByModel } from '../../../shared/accounting/own-usage.ts';
import { virtualKeyOf } from '../../support/callers.ts';
import { openDirect } from '../../support/direct.ts';

function open() {
  const asked: [string, readonly string[]][] = [];
  const direct = openDirect({
    ports: () => ({
      keys: { find: async () => virtualKeyOf() },
      ownUsage: {
        async read(caller, days) {
          asked.push([caller, days]);
          const sum = sumByModel();
          const lines = JSON.stringify([{ usage: { input: 3, output: 2 } }]);
          for (const askedModel of ['b', 'a', 'a']) sum.add({ askedModel, lines });
          return { ...sum.sums(), isComplete: true };
        },
      },
    }),
  });
  const get = (query: string) =>
    direct.call('/v1/usage', { method: 'GET', query, headers: { authorization: 'Bearer sk-ann' } });
  return { ...direct, get, asks: asked };
}

test('a key sees what it used, by model, of the days it asks for', async () => {
  const { get, asks } = open();
  const { status, text } = await get('from=2026-02-27&to=2026-03-01');
  expect(asks).toEqual([['key_00000001', ['2026-02-27', '2026-02-28', '2026-03-01']]]);
  const answer = JSON.parse(text);
  expect([status, answer]).toMatchObject([
    200,
    { object: 'usage', from: '2026-02-27', to: '2026-03-01', complete: true, total: { requests: 3, errors: 0 } },
  ]);
  expect(answer.data.map(({ model, requests }: { model: string; requests: number }) => [model, requests])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  expect(answer.data[0].tokens).toMatchObject({ input: 6, output: 4 });
});

test('a key reads itself and its usage sixty times a minute, whatever its limits, and none of it counts as a request', async () => {
  const { get, call, asks, time, scopes } = open();
  const headers = { authorization: 'Bearer sk-ann' };
  for (let reads = 0; reads < 30; reads += 1) {
    expect((await get('')).status).toBe(200);
    expect((await call('/v1/key', { method: 'GET', headers })).status).toBe(200);
  }
  const refused = await get('');
  expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.text).error.code]).toEqual([
    429,
    '1',
    'rate_limit_exceeded',
  ]);
  expect((await call('/v1/key', { method: 'GET', headers })).status).toBe(429);
  expect([asks.length, scopes.writes]).toEqual([30, 0]);
  await time.advance(1_000);
  expect((await get('')).status).toBe(200);
});

test('today is meant where no day is given', async () => {
  const { get, asks } = open();
  await get('');
  expect(asks).toEqual([['key_00000001', ['2023-11-14']]]);
});

test.each([
  ['from=2026-02-31', 'from'],
  ['to=yesterday', 'to'],
  ['from=2026-03-02&to=2026-03-01', 'from'],
  ['from=2026-01-01&to=2026-02-01', 'from'],
])('the days %s are refused, naming %s', async (query, param) => {
  const { get, asks } = open();
  const { status, text } = await get(query);
  expect([status, JSON.parse(text).error.param, asks]).toEqual([400, param, []]);
});

test('while the table is away, usage cannot be read', async () => {
  const { call } = openDirect({ ports: () => ({ ownUsage: { read: () => Promise.reject(new Error('away')) } }) });
  expect((await call('/v1/usage', { method: 'GET' })).status).toBe(503);
});
