import { describe, expect, test } from 'vitest';
import { group, key, openRates } from '../../support/rates-ports.ts';

test('what remains is read without being taken', async () => {
  const { reserve, rates, scopes } = openRates();
  await reserve([key({ rpm: 60 })]);
  const { writes } = scopes;
  expect(await rates.remaining(key({ rpm: 60 }))).toEqual({ requests: { limit: 60, remaining: 59, resetMs: 1_000 } });
  expect(scopes.writes).toBe(writes);
});

describe('what remains of several levels', () => {
  const levels = [key({ rpm: 60 }), group({ rpm: 10 }), { id: 'group_2', limits: {} }];

  test('is that of the level with least, and is read only where it was not seen within the last second', async () => {
    const { reserve, rates, scopes, time } = openRates();
    await reserve(levels);
    const { reads, writes } = scopes;
    expect(await rates.report(levels)).toEqual({ requests: { limit: 10, remaining: 9, resetMs: 6_000 } });
    expect([scopes.reads, scopes.writes]).toEqual([reads, writes]);
    await time.advance(1_001);
    scopes.items.set('group_1', { ...scopes.items.get('group_1')!, requests: 4, refilledAt: time.now() });
    expect(await rates.report(levels)).toEqual({ requests: { limit: 10, remaining: 4, resetMs: 36_000 } });
    expect([scopes.reads, scopes.writes]).toEqual([reads + 2, writes]);
  });

  test('is nothing, and costs no read, where no level has a limit', async () => {
    const { rates, scopes } = openRates();
    expect(await rates.report([key({}), group({ rpm: undefined })])).toBeUndefined();
    expect(scopes.reads).toBe(0);
  });

  test('is that of the levels whose table answers, and nothing where none does', async () => {
    const { rates, scopes, warned } = openRates();
    scopes.before = (_, id) => {
      if (id === 'group_1') throw new Error('away');
    };
    expect(await rates.report(levels)).toEqual({ requests: { limit: 60, remaining: 60, resetMs: 0 } });
    expect(await rates.report([levels[1]!])).toBeUndefined();
    expect(warned).toEqual(['limits cannot be checked: requests are let in without them']);
  });

  test('is said to a request that is too large for one of them', async () => {
    const { reserve } = openRates();
    expect(await reserve([key({ tpm: 100 }), group({ rpm: 10 })], { input: 101 })).toMatchObject({
      refused: { what: 'size' },
      report: { requests: { limit: 10, remaining: 10 }, tokens: { limit: 100, remaining: 100 } },
    });
  });
});
