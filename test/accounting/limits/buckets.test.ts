import { describe, expect, test } from 'vitest';
import { type Ask, blindTake, leftIn, planTake, slotsLeft } from '../../../shared/accounting/limits/buckets.ts';
import type { ScopeState } from '../../../shared/accounting/limits/scopes.ts';
import type { Limits } from '../../../shared/catalog/rules.ts';

const NOW = 1_000_000;
const state = (given: Partial<ScopeState> = {}): ScopeState => ({
  requests: undefined,
  tokens: undefined,
  refilledAt: NOW,
  open: 0,
  leases: new Map(),
  ...given,
});
const ask = (id: string, tokens = 10): Ask => ({ id, tokens, until: NOW + 60_000 });
const asks = (count: number, tokens = 10): Ask[] => Array.from({ length: count }, (_, at) => ask(`a${at}`, tokens));

describe('what is left in a bucket', () => {
  test.each<[string, ScopeState | undefined, number, number | undefined]>([
    ['is the whole limit where the scope was never used', undefined, 0, 60],
    ['is the whole limit where this bucket was never used', state({ tokens: 3 }), 0, 60],
    ['is the whole limit where it was never refilled', state({ requests: 7, refilledAt: undefined }), 0, 60],
    ['is what is stored at the time of the refill', state({ requests: 7 }), 0, 7],
    ['grows by the limit in a minute', state({ requests: 7 }), 1_000, 8],
    ['grows by thousandths, rounded down', state({ requests: 7 }), 1, 7.001],
    ['is never more than the limit', state({ requests: 59 }), 3_600_000, 60],
    ['may be below zero', state({ requests: -30 }), 10_000, -20],
    ['does not shrink where the clock of another process was ahead', state({ requests: 7 }), -5_000, 7],
  ])('%s', (_, given, elapsed, left) => {
    expect(leftIn('requests', given, { rpm: 60 }, NOW + elapsed)).toBe(left);
  });

  test('is unknown where there is no limit', () => {
    expect(leftIn('tokens', state({ tokens: 5 }), { rpm: 60 }, NOW)).toBeUndefined();
  });

  test('is cut to a limit that was lowered', () => {
    expect(leftIn('requests', state({ requests: 50 }), { rpm: 10 }, NOW)).toBe(10);
  });
});

describe('slots', () => {
  test('are the limit without the leases that hold, and expired ones do not count', () => {
    const leases = new Map([
      ['a', NOW],
      ['b', NOW + 1],
    ]);
    expect(slotsLeft(state({ open: 2, leases }), { concurrency: 3 }, NOW)).toBe(2);
    expect(slotsLeft(undefined, { concurrency: 3 }, NOW)).toBe(3);
    expect(slotsLeft(undefined, {}, NOW)).toBeUndefined();
  });
});

describe('a plan', () => {
  test('takes as many requests as there are, and says how long the others wait', () => {
    const { taken, lacking, change } = planTake(state({ requests: 2.5 }), asks(4), { rpm: 60 }, NOW);
    expect(taken.map(({ id }) => id)).toEqual(['a0', 'a1']);
    expect([...lacking.values()]).toEqual([
      { what: 'requests', waitMs: 500 },
      { what: 'requests', waitMs: 500 },
    ]);
    expect(change).toMatchObject({ add: { requests: -2 }, guard: { atLeast: { requests: 2 } } });
    expect(change).not.toHaveProperty('refilledAt');
  });

  test('leaves out a request that is too large for what is left, and takes a smaller one behind it', () => {
    const given = [ask('large', 80), ask('small', 20)];
    const { taken, lacking } = planTake(state({ tokens: 50 }), given, { tpm: 100 }, NOW);
    expect(taken.map(({ id }) => id)).toEqual(['small']);
    expect(lacking.get(given[0]!)).toEqual({ what: 'tokens', waitMs: 18_000 });
  });

  test('of the first use fills the buckets and takes, where no other process was faster', () => {
    const { change } = planTake(undefined, asks(1), { rpm: 60, tpm: 100 }, NOW);
    expect(change).toEqual({
      add: { requests: 59, tokens: 90 },
      refilledAt: NOW,
      begins: { ids: ['a0'], until: NOW + 60_000 },
      guard: { refilledAt: null, atLeast: {}, absent: ['requests', 'tokens'] },
    });
  });

  test('refills where the last refill is two seconds old, and only where that is still the last one', () => {
    const { change } = planTake(state({ requests: 30 }), asks(1), { rpm: 60 }, NOW + 2_000);
    expect(change).toMatchObject({
      add: { requests: 1 },
      refilledAt: NOW + 2_000,
      guard: { refilledAt: NOW, atLeast: { requests: -1 } },
    });
  });

  test('refills earlier where what is stored is not enough', () => {
    const { change } = planTake(state({ requests: 0.5 }), asks(1), { rpm: 60 }, NOW + 1_000);
    expect(change).toMatchObject({ add: { requests: 0 }, refilledAt: NOW + 1_000 });
  });

  test('fills a bucket that was limited only now, beside one that is in use', () => {
    const { change } = planTake(state({ requests: 30 }), asks(1), { rpm: 60, tpm: 100 }, NOW);
    expect(change).toMatchObject({ add: { requests: -1, tokens: 90 }, guard: { absent: ['tokens'] } });
  });

  test.each([1, 60_000])('leaves the time of a refill as it is where a clock %i ms ahead wrote it', (ahead) => {
    const given = state({ requests: 30, refilledAt: NOW + ahead });
    expect(planTake(given, asks(1), { rpm: 60 }, NOW).change).not.toHaveProperty('refilledAt');
    const { change } = planTake(given, asks(1), { rpm: 60, tpm: 100 }, NOW);
    expect(change).toMatchObject({
      add: { requests: -1, tokens: 90 },
      refilledAt: NOW + ahead,
      guard: { refilledAt: NOW + ahead },
    });
  });

  test('sets the time of a refill back at once where it is more than a minute ahead', () => {
    const { change } = planTake(state({ requests: 30, refilledAt: NOW + 60_001 }), asks(1), { rpm: 60 }, NOW);
    expect(change).toMatchObject({ add: { requests: -1 }, refilledAt: NOW, guard: { refilledAt: NOW + 60_001 } });
  });

  test.each<[string, Partial<ScopeState>, Limits]>([
    ['requests', { requests: -3 }, { rpm: 60, tpm: 100 }],
    ['tokens', { requests: 5, tokens: 0 }, { rpm: 60, tpm: 100 }],
    ['concurrency', { requests: 5, open: 1 }, { rpm: 60, concurrency: 1 }],
  ])('sets it back too where %s lack, and takes nothing', (what, given, limits) => {
    const { change, taken, lacking } = planTake(state({ ...given, refilledAt: NOW + 60_001 }), asks(1), limits, NOW);
    expect(change).toEqual({ add: {}, refilledAt: NOW, guard: { refilledAt: NOW + 60_001 } });
    expect([taken, [...lacking.values()].map((lack) => lack.what)]).toEqual([[], [what]]);
  });

  test('writes nothing where nothing is left and the time of the refill is a minute ahead, or not looked at', () => {
    const drained = { requests: 0, open: 1 };
    expect(planTake(state({ ...drained, refilledAt: NOW + 60_000 }), asks(1), { rpm: 60 }, NOW).change).toBeUndefined();
    expect(
      planTake(state({ ...drained, refilledAt: undefined, open: 1 }), asks(1), { concurrency: 1 }, NOW).change,
    ).toBe(undefined);
    const ahead = state({ ...drained, refilledAt: NOW + 60_001 });
    expect(planTake(ahead, asks(1), { concurrency: 1 }, NOW).change).toBeUndefined();
  });

  test('takes what is above a limit that was lowered away with the next refill', () => {
    const { change } = planTake(state({ requests: 50 }), asks(1), { rpm: 10 }, NOW + 2_000);
    expect(change).toMatchObject({ add: { requests: -41 }, guard: { atLeast: { requests: 41 } } });
  });

  test('takes it away at once where the last refill was a moment ago', () => {
    const { change } = planTake(state({ requests: 500, tokens: 90 }), asks(1), { rpm: 5, tpm: 100 }, NOW + 100);
    expect(change).toMatchObject({ add: { requests: -496 }, refilledAt: NOW + 100, guard: { refilledAt: NOW } });
    expect(planTake(state({ requests: 5 }), asks(1), { rpm: 5 }, NOW + 100).change).not.toHaveProperty('refilledAt');
    expect(planTake(state({ requests: 5 }), asks(1), { rpm: 5, concurrency: 9 }, NOW + 100).change).not.toHaveProperty(
      'refilledAt',
    );
  });

  test('begins as many as there are slots, and removes the leases that expired in the same write', () => {
    const leases = new Map([
      ['old', NOW - 1],
      ['new', NOW + 1],
    ]);
    const { change, taken, lacking } = planTake(state({ open: 2, leases }), asks(3), { concurrency: 3 }, NOW);
    expect(taken).toHaveLength(2);
    expect([...lacking.values()]).toEqual([{ what: 'concurrency', waitMs: 1_000 }]);
    expect(change).toMatchObject({ sweeps: new Map([['old', NOW - 1]]), guard: { mostOpen: 2 } });
    expect(change).not.toHaveProperty('refilledAt');
  });

  test('counts and removes at most twenty expired leases in one write', () => {
    const leases = new Map(Array.from({ length: 25 }, (_, at) => [`old${at}`, NOW - at] as const));
    const given = state({ open: 25, leases });
    expect(slotsLeft(given, { concurrency: 25 }, NOW)).toBe(20);
    const { change, taken } = planTake(given, asks(25), { concurrency: 25 }, NOW);
    expect(taken).toHaveLength(20);
    expect([...change!.sweeps!.keys()]).toEqual([...leases.keys()].slice(0, 20));
    expect(change).toMatchObject({ guard: { mostOpen: 25 } });
  });

  test('of a scope that limits slots only is no refill', () => {
    expect(planTake(undefined, asks(1), { concurrency: 3 }, NOW).change).toEqual({
      add: {},
      begins: { ids: ['a0'], until: NOW + 60_000 },
      guard: { atLeast: {}, absent: [], mostOpen: 2 },
    });
  });

  test('is no refill where what is stored is just enough', () => {
    const { change } = planTake(state({ requests: 1 }), asks(1), { rpm: 60 }, NOW + 1_000);
    expect(change).toMatchObject({ add: { requests: -1 }, guard: { atLeast: { requests: 1 } } });
    expect(change).not.toHaveProperty('refilledAt');
  });

  test('of several requests keeps all their leases as long as the longest needs', () => {
    const given = [ask('a'), { ...ask('b'), until: NOW + 90_000 }, ask('c')];
    expect(planTake(state(), given, { rpm: 60 }, NOW).change?.begins?.until).toBe(NOW + 90_000);
    expect(blindTake(given, { rpm: 60 }, NOW).begins?.until).toBe(NOW + 90_000);
  });

  test('is no write where nothing can be taken', () => {
    expect(planTake(state({ requests: 0 }), asks(2), { rpm: 60 }, NOW)).not.toHaveProperty('change');
  });
});

test('where the state is not known, all is taken where a refill was not long ago', () => {
  expect(blindTake(asks(2, 5), { rpm: 60, tpm: 100, concurrency: 4 }, NOW)).toEqual({
    add: { requests: -2, tokens: -10 },
    begins: { ids: ['a0', 'a1'], until: NOW + 60_000 },
    guard: { refilledAfter: NOW - 2_000, atLeast: { requests: 2, tokens: 10 }, mostOpen: 2 },
  });
  expect(blindTake(asks(1), { concurrency: 1 }, NOW).guard).toEqual({ atLeast: {}, mostOpen: 0 });
  expect(blindTake(asks(1), { rpm: 1 }, NOW).guard).toEqual({ refilledAfter: NOW - 2_000, atLeast: { requests: 1 } });
});
