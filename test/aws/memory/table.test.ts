import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalTable, startTable } from '../../../infra/local/table.ts';
import { systemTime } from '../../../shared/async/time.ts';
import { createMemoryTable } from '../../../shared/aws/memory/table.ts';
import type { Entry, MemoryTable } from '../../../shared/remember/table.ts';
import type { Description } from '../../../shared/vision/ports.ts';

let local: LocalTable;
let table: MemoryTable<Description>;

beforeAll(async () => {
  local = await startTable();
  table = createMemoryTable({ table: local.table, names, ttlSeconds: 3600, time: systemTime });
});
afterAll(() => local.close());

const names = { subject: 'IMAGE', value: 'TEXT', all: 'IMAGES', counts: 'VISION' };
const seconds = (): number => Math.floor(Date.now() / 1000);
const description = (extra: Partial<Entry<Description>> = {}): Entry<Description> => ({
  value: { text: 'A red 🔴 dot. '.repeat(100), isCut: false },
  ms: 1234,
  generation: '0.0',
  expiresAt: seconds() + 3600,
  ...extra,
});
let images = 0;
const newKey = () => ({ subject: `${images++}`.padStart(64, '0'), variant: 'v' });

describe('a description', () => {
  test('comes back as it was, and takes less room', async () => {
    const key = newKey();
    expect(await table.read(key)).toEqual({ generation: '0.0', entry: undefined });
    const stored = await table.write(key, description());
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(200);
    expect(await table.read(key)).toEqual({ generation: '0.0', entry: description() });
    expect((await table.read({ ...key, variant: 'other' })).entry).toBeUndefined();
  });

  test('that has expired, or is of another generation, is none', async () => {
    const [old, other] = [newKey(), newKey()];
    await table.write(old, description({ expiresAt: seconds() - 1 }));
    await table.write(other, description({ generation: '7.7' }));
    expect((await table.read(old)).entry).toBeUndefined();
    expect((await table.read(other)).entry).toBeUndefined();
  });
});

describe('a lease', () => {
  const terms = (generation = '0.0', now = Date.now()) => ({ generation, now, until: now + 20_000 });

  test('is given to one of many who ask at once', async () => {
    const key = newKey();
    const given = await Promise.all(Array.from({ length: 20 }, () => table.lease(key, terms())));
    expect(given.filter(Boolean)).toHaveLength(1);
  });

  test('is given again when it was released, or its time is over: no process waits longer for one that died', async () => {
    const key = newKey();
    expect(await table.lease(key, terms())).toBe(true);
    expect(await table.lease(key, terms('0.0', Date.now() + 20_001))).toBe(true);
    expect(await table.lease(key, terms())).toBe(false);
    await table.release(key);
    expect(await table.lease(key, terms())).toBe(true);
  });

  test('that is renewed holds beyond its first time', async () => {
    const key = newKey();
    expect(await table.lease(key, terms())).toBe(true);
    await table.renew(key, Date.now() + 60_000);
    expect(await table.lease(key, terms('0.0', Date.now() + 20_001))).toBe(false);
    expect(await table.lease(key, terms('0.0', Date.now() + 60_001))).toBe(true);
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
  await table.clear(one.subject);
  expect(await table.read(one)).toEqual({ generation: '0.1', entry: undefined });
  expect((await table.read(two)).entry).toBeDefined();
  await table.clear();
  expect(await table.read(two)).toEqual({ generation: '1.0', entry: undefined });
  expect(await table.generation(one.subject)).toBe('1.1');
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
