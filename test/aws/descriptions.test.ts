import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalTable, startTable } from '../../infra/local/table.ts';
import { createDescriptionTable } from '../../shared/aws/descriptions.ts';
import type { Description, DescriptionTable } from '../../shared/remember/table.ts';

let local: LocalTable;
let table: DescriptionTable;

beforeAll(async () => {
  local = await startTable();
  table = createDescriptionTable({ table: local.table, ttlSeconds: 3600 });
});
afterAll(() => local.close());

const seconds = (): number => Math.floor(Date.now() / 1000);
const description = (extra: Partial<Description> = {}): Description => ({
  text: 'A red 🔴 dot. '.repeat(100),
  isCut: false,
  ms: 1234,
  generation: '0.0',
  expiresAt: seconds() + 3600,
  ...extra,
});
let images = 0;
const newKey = () => ({ image: `${images++}`.padStart(64, '0'), variant: 'v' });

describe('a description', () => {
  test('comes back as it was, and takes less room', async () => {
    const key = newKey();
    expect(await table.read(key)).toEqual({ generation: '0.0', description: undefined });
    const stored = await table.write(key, description());
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(200);
    expect(await table.read(key)).toEqual({ generation: '0.0', description: description() });
    expect((await table.read({ ...key, variant: 'other' })).description).toBeUndefined();
  });

  test('that has expired, or is of another generation, is none', async () => {
    const [old, other] = [newKey(), newKey()];
    await table.write(old, description({ expiresAt: seconds() - 1 }));
    await table.write(other, description({ generation: '7.7' }));
    expect((await table.read(old)).description).toBeUndefined();
    expect((await table.read(other)).description).toBeUndefined();
  });
});

describe('a lease', () => {
  const terms = (generation = '0.0', now = Date.now()) => ({ generation, now, until: now + 20_000 });

  test('is given to one of many who ask at once', async () => {
    const key = newKey();
    const given = await Promise.all(Array.from({ length: 20 }, () => table.lease(key, terms())));
    expect(given.filter(Boolean)).toHaveLength(1);
  });

  test('is given again when it was released, or its time is over: a process that died holds nobody up', async () => {
    const key = newKey();
    expect(await table.lease(key, terms())).toBe(true);
    expect(await table.lease(key, terms('0.0', Date.now() + 20_001))).toBe(true);
    expect(await table.lease(key, terms())).toBe(false);
    await table.release(key);
    expect(await table.lease(key, terms())).toBe(true);
  });

  test('is not given for what is there already, but for what is out of date', async () => {
    const key = newKey();
    await table.write(key, description());
    expect(await table.lease(key, terms())).toBe(false);
    expect(await table.lease(key, terms('0.1'))).toBe(true);
    const old = newKey();
    await table.write(old, description({ expiresAt: seconds() - 1 }));
    expect(await table.lease(old, terms())).toBe(true);
  });
});

test('clearing begins a generation: of one image, or of all', async () => {
  const [one, two] = [newKey(), newKey()];
  await Promise.all([one, two].map((key) => table.write(key, description())));
  await table.clear(one.image);
  expect(await table.read(one)).toEqual({ generation: '0.1', description: undefined });
  expect((await table.read(two)).description).toBeDefined();
  await table.clear();
  expect(await table.read(two)).toEqual({ generation: '1.0', description: undefined });
  expect(await table.generation(one.image)).toBe('1.1');
});

test('counts add up, over processes and days', async () => {
  const counts = { hits: 2, misses: 1, errors: 0, savedMs: 500, stored: 1, storedBytes: 90 };
  await Promise.all([
    table.count('2026-01-30', counts),
    table.count('2026-01-31', counts),
    table.count('2026-01-31', counts),
  ]);
  expect(await table.counted(['2026-01-31', '2026-01-30', '2026-01-29'])).toEqual({
    hits: 6,
    misses: 3,
    errors: 0,
    savedMs: 1500,
    stored: 3,
    storedBytes: 270,
  });
});
