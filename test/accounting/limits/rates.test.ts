import { describe, expect, test } from 'vitest';
import { createRates } from '../../../shared/accounting/limits/rates.ts';
import { RefusedChange } from '../../../shared/accounting/limits/scopes.ts';
import { createFakeTime } from '../../support/fake-time.ts';
import { createMapScopes } from '../../support/map-scopes.ts';
import { group, key, openRates } from '../../support/rates-ports.ts';

describe('what is written', () => {
  test('for a key without limits is nothing', async () => {
    const { reserve, scopes } = openRates();
    const reservation = await reserve([key({}), group({ rpm: undefined })]);
    await reservation.settle(50);
    expect([reservation, scopes.writes, scopes.reads]).toEqual([{ settle: expect.any(Function) }, 0, 0]);
  });

  test('is two items for each level with limits, and nothing is read', async () => {
    const { reserve, scopes } = openRates();
    const levels = [key({ rpm: 60, tpm: 1_000, concurrency: 5 }), group({ rpm: 100 }), { id: 'group_2', limits: {} }];
    await (await reserve(levels)).settle(50);
    scopes.writes = 0;
    scopes.reads = 0;
    await (await reserve(levels)).settle(50);
    expect([scopes.writes, scopes.reads]).toEqual([4, 0]);
  });

  test('is nothing for a request that is known to be refused', async () => {
    const { reserve, scopes } = openRates();
    const levels = [key({ rpm: 1 }), group({ rpm: 100 })];
    await reserve(levels);
    const calls = scopes.writes + scopes.reads;
    expect(await reserve(levels)).toMatchObject({
      refused: { what: 'requests', level: { id: 'key_1' }, waitMs: 60_000 },
    });
    expect(scopes.writes + scopes.reads).toBe(calls);
  });
});

describe('a lease', () => {
  test('of a slot expires after a minute, so that one of a process that died is free soon', async () => {
    const { reserve, scopes } = openRates();
    await reserve([key({ rpm: 60, concurrency: 1 })]);
    expect([...scopes.items.get('key_1')!.leases.values()]).toEqual([1_060_000]);
  });

  test('where slots are not counted is there until a minute after the request is over at the latest', async () => {
    const { reserve, scopes } = openRates();
    await reserve([key({ rpm: 60 })]);
    expect([...scopes.items.get('key_1')!.leases.values()]).toEqual([1_960_000]);
  });
});

describe('a reservation', () => {
  test('takes the estimate and settles for what was used', async () => {
    const { reserve, scopes } = openRates();
    const reservation = await reserve([key({ tpm: 1_000 })]);
    expect(reservation.report).toEqual({ tokens: { limit: 1_000, remaining: 950, resetMs: 3_000 } });
    await reservation.settle(300);
    expect(scopes.items.get('key_1')).toMatchObject({ tokens: 700, open: 0 });
  });

  test('is never larger than what a minute gives, unless the input alone is: that is refused for good', async () => {
    const { reserve, scopes } = openRates();
    expect(await reserve([key({ tpm: 1_000 })], { input: 500, output: 32_000 })).not.toHaveProperty('refused');
    expect(scopes.items.get('key_1')).toMatchObject({ tokens: 0 });
    const another = { id: 'key_2', limits: { tpm: 1_000 } };
    expect(await reserve([another], { input: 1_000 })).not.toHaveProperty('refused');
    expect(await reserve([another], { input: 1_001 })).toMatchObject({ refused: { what: 'size' } });
  });

  test('where one level refuses, gives everything back to the others', async () => {
    const { reserve, scopes } = openRates();
    scopes.items.set('group_1', { requests: 0, tokens: undefined, refilledAt: 1_000_000, open: 0, leases: new Map() });
    const refused = await reserve([key({ rpm: 60, tpm: 1_000 }), group({ rpm: 60 })]);
    expect(refused).toMatchObject({ refused: { what: 'requests', level: { id: 'group_1' } } });
    await refused.settle(0);
    expect(scopes.items.get('key_1')).toMatchObject({ requests: 60, tokens: 1_000, open: 0 });
  });

  test('where one level refuses, ends no lease of its own: it has none', async () => {
    const { reserve, scopes } = openRates();
    scopes.items.set('group_1', { requests: 0, tokens: undefined, refilledAt: 1_000_000, open: 0, leases: new Map() });
    const ended: string[] = [];
    scopes.before = (_, id, change) => void (change?.ends && ended.push(id));
    const refused = await reserve([key({ rpm: 60, tpm: 1_000 }), group({ rpm: 60 })]);
    await refused.settle(0);
    expect(ended).toEqual(['key_1']);
  });

  test('never makes a bucket that its level does not limit: it would be too empty once it is limited', async () => {
    const { reserve, scopes, time } = openRates();
    const levels = [key({ tpm: 1_000 }), group({ rpm: 60 }), { id: 'group_2', limits: { concurrency: 1 } }];
    const buckets = () => levels.map(({ id }) => [scopes.items.get(id)?.requests, scopes.items.get(id)?.tokens]);
    const expected = (requests: number, tokens: number) => [
      [undefined, tokens],
      [requests, undefined],
      [undefined, undefined],
    ];
    const reservation = await reserve(levels);
    const refusing = reserve(levels).then(({ settle, refused }) => settle(0).then(() => refused));
    await time.advance(100);
    expect(await refusing).toBeDefined();
    expect(buckets()).toEqual(expected(59, 950));
    await reservation.settle(30);
    expect(buckets()).toEqual(expected(59, 970));
  });

  test('that several levels refuse waits for the one that needs longest', async () => {
    const slow = key({ rpm: 1 });
    const quick = group({ rpm: 60 });
    for (const levels of [
      [slow, quick],
      [quick, slow],
    ]) {
      const { reserve, scopes } = openRates();
      const empty = { requests: 0, tokens: undefined, refilledAt: 1_000_000, open: 0, leases: new Map() };
      scopes.items.set('key_1', empty).set('group_1', empty);
      expect(await reserve(levels)).toMatchObject({ refused: { level: slow, waitMs: 60_000 } });
    }
  });

  test('of a slot is renewed while the request runs, and ends with it', async () => {
    const { reserve, scopes, time } = openRates();
    const reservation = await reserve([key({ concurrency: 1 })]);
    await time.advance(200_000);
    expect([...scopes.items.get('key_1')!.leases.values()]).toEqual([1_000_000 + 180_000 + 60_000]);
    const refusing = reserve([key({ concurrency: 1 })]);
    await time.advance(100);
    expect(await refusing).toMatchObject({ refused: { what: 'concurrency' } });
    await reservation.settle(0);
    expect(time.pending()).toBe(0);
    expect(await reserve([key({ concurrency: 1 })])).not.toHaveProperty('refused');
  });

  test('without a limit on slots needs no renewal, however long the request runs', async () => {
    const { reserve, scopes, time } = openRates();
    const reservation = await reserve([key({ tpm: 1_000 })]);
    expect(time.pending()).toBe(0);
    await time.advance(890_000);
    await (await reserve([key({ tpm: 1_000 })])).settle(0);
    await reservation.settle(0);
    expect(scopes.items.get('key_1')).toMatchObject({ open: 0 });
  });
});

describe('while the table', () => {
  test('hangs, a request waits 400 ms once, and the next ones not at all', async () => {
    const { reserve, scopes, time, warned } = openRates();
    scopes.before = () => new Promise(() => {});
    let reservation: object | undefined;
    void reserve([key({ rpm: 60 })]).then((made) => {
      reservation = made;
    });
    await time.advance(399);
    expect(reservation).toBeUndefined();
    await time.advance(1);
    expect(reservation).toEqual({ settle: expect.any(Function) });
    expect(await reserve([key({ rpm: 60 })])).not.toHaveProperty('refused');
    expect(warned).toEqual(['limits cannot be checked: requests are let in without them']);
  });

  test('is slow, what was taken too late is given back', async () => {
    const { reserve, scopes, time } = openRates();
    const { promise, resolve } = Promise.withResolvers<void>();
    scopes.before = () => promise;
    const reserving = reserve([key({ rpm: 60, concurrency: 2 })]);
    await time.advance(400);
    const reservation = await reserving;
    scopes.before = () => {};
    resolve();
    await time.advance(5_000);
    await reservation.settle(10);
    expect(scopes.items.get('key_1')?.open ?? 0).toBe(0);
  });

  test('is away, requests are let in, and what remains is unknown', async () => {
    const { reserve, rates, scopes, time, warned } = openRates();
    scopes.before = () => {
      throw new Error('away');
    };
    const reserving = reserve([key({ rpm: 1 })]);
    await time.advance(400);
    expect(await reserving).not.toHaveProperty('refused');
    expect(await rates.remaining(key({ rpm: 1 }))).toBeUndefined();
    expect(warned).toEqual(['limits cannot be checked: requests are let in without them']);
  });
});

describe('a request that is let in without limits', () => {
  test('settles without an error and without a write, also when the table is back', async () => {
    const { reserve, scopes, time } = openRates();
    scopes.before = () => {
      throw new Error('away');
    };
    const reserving = reserve([key({ rpm: 60 })]);
    await time.advance(400);
    const [failed, skipped] = [await reserving, await reserve([key({ rpm: 60 })])];
    scopes.before = () => {};
    await time.advance(10_000);
    await failed.settle(10);
    await skipped.settle(10);
    expect(scopes.writes).toBe(0);
  });
});

describe('of ten thousand scopes', () => {
  const limits = { rpm: 60 };
  const fill = async ({ rates }: Pick<ReturnType<typeof openRates>, 'rates'>, count: number) => {
    for (let at = 0; at < count; at += 1) await rates.remaining({ id: `other_${at}`, limits });
  };

  test('the one that was not used for longest is forgotten when there is one more', async () => {
    const { reserve, scopes, rates } = openRates();
    const empty = { requests: 0, tokens: undefined, refilledAt: 1_000_000, open: 0, leases: new Map() };
    scopes.items.set('key_1', empty).set('group_1', empty);
    for (const level of [key(limits), group(limits)]) await reserve([level]);
    await fill({ rates }, 9_998);
    const calls = () => scopes.reads + scopes.writes;
    const before = calls();
    expect(await reserve([key(limits)])).toHaveProperty('refused');
    expect(calls()).toBe(before);
    await rates.remaining({ id: 'one_more', limits });
    expect(await reserve([key(limits)])).toHaveProperty('refused');
    expect(calls()).toBe(before + 1);
    expect(await reserve([group(limits)])).toHaveProperty('refused');
    expect(calls()).toBeGreaterThan(before + 1);
  });

  test('one in use is kept: further requests wait for its write', async () => {
    const { reserve, scopes, rates } = openRates();
    const { promise, resolve } = Promise.withResolvers<void>();
    let asked = 0;
    scopes.before = (_, id) => {
      if (id === 'key_1' && asked++ === 0) return promise;
    };
    const first = reserve([key(limits)]);
    await fill({ rates }, 10_001);
    const second = reserve([key(limits)]);
    await new Promise((turn) => setImmediate(turn));
    expect(asked).toBe(1);
    resolve();
    expect((await Promise.all([first, second])).map(({ refused }) => refused)).toEqual([undefined, undefined]);
    expect(scopes.items.get('key_1')).toMatchObject({ requests: 58, open: 2 });
  });
});

test.each([100, 1_900, 5_000, 50_000])(
  'a clock that is %i ms ahead of another process gives no minute twice',
  async (ahead) => {
    const scopes = createMapScopes();
    const clocks = [createFakeTime({ now: 1_000_000 }), createFakeTime({ now: 1_000_000 + ahead })];
    const log = { warn: () => {} };
    const processes = clocks.map((time) => ({ time, rates: createRates({ scopes, time, log }) }));
    let begun = 0;
    for (let second = 0; second < 120; second += 1) {
      for (const { rates, time } of processes) {
        for (let n = 0; n < 3; n += 1) {
          const wanted = { id: `s${second}t${time.now()}n${n}`, input: 0, output: 0, until: time.now() + 900_000 };
          const { refused, settle } = await rates.reserve([key({ rpm: 60 })], wanted);
          if (!refused) begun += 1;
          await settle(0);
        }
      }
      for (const time of clocks) await time.advance(1_000);
    }
    // A full bucket, and what comes back in two minutes; at first the clock itself counts as time.
    expect(begun).toBeLessThanOrEqual(60 + 120 + Math.ceil(ahead / 1_000));
    expect(begun).toBeGreaterThanOrEqual(60 + 118);
  },
);

test('a scope whose change the table refuses opens the limits of no other', async () => {
  const { reserve, scopes, warned, causes } = openRates();
  const refusal = new RefusedChange('too large a number');
  scopes.before = (_, id) => {
    if (id === 'group_1') throw refusal;
  };
  expect(await reserve([group({ rpm: 1 })])).toEqual({ settle: expect.any(Function) });
  await reserve([key({ rpm: 1 })]);
  expect(await reserve([key({ rpm: 1 })])).toMatchObject({ refused: { what: 'requests' } });
  expect(warned).toEqual(['a limit cannot be written: its request is let in without it']);
  expect(causes).toEqual([refusal]);
});
