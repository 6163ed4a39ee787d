import { expect, test } from 'vitest';
import { virtualKeyOf } from '../../support/callers.ts';
import { openDirect } from '../../support/direct.ts';

const digest = 'a'.repeat(64);

test('the statistics of descriptions are read with the master key', async () => {
  const { status, text } = await openDirect().call('/cache/stats', { method: 'GET' });
  expect([status, JSON.parse(text)]).toMatchObject([200, { object: 'cache.stats', process: { hit_rate: null } }]);
});

test('all descriptions are cleared, or those of one image in any case of its digest', async () => {
  const { call, table } = openDirect();
  const before = await table.generation(digest);
  const one = await call('/cache', { method: 'DELETE', query: `image=${digest.toUpperCase()}` });
  expect(JSON.parse(one.text)).toEqual({ object: 'cache.cleared', image: digest });
  const between = await table.generation(digest);
  const all = await call('/cache', { method: 'DELETE' });
  expect(JSON.parse(all.text)).toEqual({ object: 'cache.cleared', image: null });
  expect(new Set([before, between, await table.generation(digest)]).size).toBe(3);
});

test.each(['', 'abc', `${digest}0`])('a digest of %j is refused, and nothing is cleared', async (image) => {
  const { call, table } = openDirect();
  const before = await table.generation(digest);
  expect((await call('/cache', { method: 'DELETE', query: `image=${image}` })).status).toBe(400);
  expect(await table.generation(digest)).toBe(before);
});

test('a virtual key may neither see nor clear them', async () => {
  const { call } = openDirect({
    ports: () => ({ keys: { find: async () => virtualKeyOf() } }),
  });
  const headers = { authorization: 'Bearer sk-ann' };
  expect((await call('/cache/stats', { method: 'GET', headers })).status).toBe(403);
  expect((await call('/cache', { method: 'DELETE', headers })).status).toBe(403);
});

test('while the table is away nothing is said to be cleared', async () => {
  const { call, table, logged } = openDirect();
  table.isAway = true;
  const { status, headers } = await call('/cache', { method: 'DELETE' });
  expect([status, headers['retry-after']]).toEqual([503, '5']);
  expect(logged).toMatchObject([{ level: 'warn' }]);
});
