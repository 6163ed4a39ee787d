import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createScope } from '../../../shared/accounting/limits/scope.ts';
import { RefusedChange } from '../../../shared/accounting/limits/scopes.ts';
import { hold, NOW, scopePorts, stored, used } from '../../support/scope-ports.ts';

/** One scope, as several processes see it that share a table. */
function openScope({ count = 1 } = {}) {
  const { options, ...ports } = scopePorts();
  const processes = Array.from({ length: count }, () => createScope('key_1', ports.scopes, options));
  return { ...ports, processes, scope: processes[0]! };
}

describe('a scope', () => {
  test('is one write for each request that is let in, once it is known', async () => {
    const { scope, scopes, ask } = openScope();
    await scope.take(ask(), { rpm: 60 });
    scopes.writes = 0;
    scopes.reads = 0;
    for (let n = 0; n < 5; n += 1) expect(await scope.take(ask(), { rpm: 60 })).not.toHaveProperty('lack');
    expect([scopes.writes, scopes.reads]).toEqual([5, 0]);
    expect(stored(scopes)).toMatchObject({ requests: 54, open: 6 });
  });

  test('lets in as many of 200 at once as there are, in a few writes', async () => {
    const { scope, scopes, ask } = openScope();
    used(scopes, 37);
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => scope.take(ask(), { rpm: 100 })));
    expect(outcomes.filter(({ lack }) => !lack)).toHaveLength(37);
    expect(scopes.writes).toBeLessThan(10);
    expect(stored(scopes)).toMatchObject({ requests: 0, open: 37 });
  });

  test('remembers that no request is left, and asks the table again when one must be there', async () => {
    const { scope, scopes, time, ask } = openScope();
    used(scopes, 0);
    expect(await scope.take(ask(), { rpm: 6 })).toMatchObject({ lack: { what: 'requests', waitMs: 10_000 } });
    const calls = scopes.writes + scopes.reads;
    await time.advance(9_990);
    expect(scope.knownLack(ask(), { rpm: 6 })).toMatchObject({ lack: { waitMs: 10 } });
    expect(scopes.writes + scopes.reads).toBe(calls);
    await time.advance(10);
    expect(scope.knownLack(ask(), { rpm: 6 })).toBeUndefined();
    expect(await scope.take(ask(), { rpm: 6 })).not.toHaveProperty('lack');
  });

  test('asks the table again after a second where tokens or slots lack: others give them back at any time', async () => {
    const { scope, scopes, time, ask, processes } = openScope({ count: 2 });
    await processes[1]!.take({ ...ask(100), id: 'other' }, { tpm: 100 });
    expect(await scope.take(ask(50), { tpm: 100 })).toMatchObject({ lack: { what: 'tokens', waitMs: 30_000 } });
    await processes[1]!.give('other', { tokens: 90 });
    await time.advance(999);
    expect(scope.knownLack(ask(50), { tpm: 100 })).toBeDefined();
    await time.advance(1);
    expect(scope.knownLack(ask(50), { tpm: 100 })).toBeUndefined();
    expect(await scope.take(ask(50), { tpm: 100 })).not.toHaveProperty('lack');
    expect(stored(scopes).leases.size).toBe(1);
  });

  test('gives back what was not used and takes what was used beyond the estimate', async () => {
    const { scope, scopes, ask } = openScope();
    const [a, b] = [ask(50), ask(50)];
    await scope.take(a, { tpm: 200 });
    await scope.take(b, { tpm: 200 });
    await scope.give(a.id, { tokens: 20 });
    await scope.give(b.id, { tokens: -300 });
    expect(stored(scopes)).toMatchObject({ tokens: -180, open: 0 });
  });

  test('gives back once, however often it is asked, and nothing for a lease that has expired', async () => {
    const { scope, scopes, ask } = openScope();
    const [one, other] = [ask(50), ask(50)];
    await scope.take(one, { tpm: 200 });
    await scope.take(other, { tpm: 200 });
    await Promise.all([
      scope.give(one.id, { tokens: 50 }),
      scope.give(one.id, { tokens: 50 }),
      scope.give(other.id, { tokens: 50 }),
    ]);
    expect(stored(scopes)).toMatchObject({ tokens: 200, open: 0 });
  });

  test('gives the slot of a process that died to the next request after its lease expired, and counts right then', async () => {
    const { scopes, time, ask, processes } = openScope({ count: 2 });
    await processes[0]!.take(ask(), { concurrency: 1 });
    expect(await processes[1]!.take(ask(), { concurrency: 1 })).toMatchObject({ lack: { what: 'concurrency' } });
    await time.advance(60_000);
    expect(await processes[1]!.take(ask(), { concurrency: 1 })).not.toHaveProperty('lack');
    expect(stored(scopes)).toMatchObject({ open: 1 });
    expect([...stored(scopes).leases.keys()]).toEqual(['r3']);
  });

  test('keeps a lease that is renewed, and never brings back one that was given away', async () => {
    const { scopes, time, ask, processes } = openScope({ count: 2 });
    const first = ask();
    await processes[0]!.take(first, { concurrency: 1 });
    await time.advance(30_000);
    await processes[0]!.renew(first.id, time.now() + 60_000);
    await time.advance(59_999);
    expect(await processes[1]!.take(ask(), { concurrency: 1 })).toHaveProperty('lack');
    await time.advance(1_001);
    const next = ask();
    expect(await processes[1]!.take(next, { concurrency: 1 })).not.toHaveProperty('lack');
    await processes[0]!.renew(first.id, time.now() + 60_000);
    expect([...stored(scopes).leases.keys()]).toEqual([next.id]);
  });

  test('learns with a renewal that another process gave a slot back', async () => {
    const { scope, ask, processes } = openScope({ count: 2 });
    const [own, other] = [ask(), ask()];
    await scope.take(own, { concurrency: 2 });
    await processes[1]!.take(other, { concurrency: 2 });
    expect(await scope.take(ask(), { concurrency: 2 })).toHaveProperty('lack');
    await processes[1]!.give(other.id, {});
    expect(scope.knownLack(ask(), { concurrency: 2 })).toMatchObject({ lack: { what: 'concurrency' } });
    await scope.renew(own.id, NOW + 90_000);
    expect(scope.knownLack(ask(), { concurrency: 2 })).toBeUndefined();
  });

  test('remembers a refusal though a lease is renewed or ended that is there no longer', async () => {
    const { scope, scopes, ask } = openScope();
    used(scopes, 0);
    await scope.take(ask(), { rpm: 60 });
    await scope.renew('gone', NOW + 60_000);
    expect(scope.knownLack(ask(), { rpm: 60 })).toMatchObject({ lack: { what: 'requests' } });
    await scope.give('gone', {});
    expect(scope.knownLack(ask(), { rpm: 60 })).toMatchObject({ lack: { what: 'requests' } });
  });

  test('says what is stored when it is looked at, and remembers it', async () => {
    const { scope, scopes, ask } = openScope();
    expect(await scope.look()).toBeUndefined();
    used(scopes, 0);
    expect(scope.knownLack(ask(), { rpm: 60 })).toBeUndefined();
    expect(await scope.look()).toEqual(stored(scopes));
    expect(scope.knownLack(ask(), { rpm: 60 })).toEqual({
      state: stored(scopes),
      lack: { what: 'requests', waitMs: 1_000 },
    });
  });

  test('says without a call what was stored within the last second, and nothing of what is older', async () => {
    const { scope, scopes, time, ask } = openScope();
    expect(scope.recent()).toBeUndefined();
    await scope.take(ask(), { rpm: 60 });
    const calls = scopes.reads + scopes.writes;
    await time.advance(1_000);
    expect(scope.recent()).toMatchObject({ state: stored(scopes) });
    await time.advance(1);
    expect(scope.recent()).toBeUndefined();
    expect(scopes.reads + scopes.writes).toBe(calls);
    await scope.look();
    expect(scope.recent()).toMatchObject({ state: stored(scopes) });
  });

  test('takes once where the reply of a write that was done is lost', async () => {
    const { scope, scopes, ask } = openScope();
    await scope.take(ask(), { rpm: 60 });
    let lost = 0;
    scopes.after = () => {
      if (lost++ === 0) throw new Error('the reply is lost');
    };
    scopes.writes = 0;
    expect(await scope.take(ask(), { rpm: 60 })).toEqual({ state: stored(scopes) });
    await expect.poll(scope.isIdle).toBe(true);
    expect(scopes.writes).toBe(2);
    expect(stored(scopes)).toMatchObject({ requests: 58, open: 2 });
  });

  test('takes nothing for a request that it refused, though the write for those beside it is sent again', async () => {
    const { scope, scopes, ask } = openScope();
    used(scopes, 2);
    const release = hold(scopes);
    const takes = [scope.take(ask(), { rpm: 60 }), scope.take(ask(), { rpm: 60 }), scope.take(ask(), { rpm: 60 })];
    let calls = 0;
    scopes.before = () => {
      if (calls++ > 0) return;
      // Meanwhile another process has given some back, so that there is enough for both.
      scopes.items.set('key_1', { ...stored(scopes), requests: 10 });
      throw new Error('throttled');
    };
    release();
    expect((await Promise.all(takes)).map(({ lack }) => lack?.what)).toEqual([undefined, undefined, 'requests']);
    await expect.poll(scope.isIdle).toBe(true);
    expect([...stored(scopes).leases.keys()]).toEqual(['r1', 'r2']);
    expect(stored(scopes)).toMatchObject({ requests: 9, open: 2 });
  });

  test('fails with the refusal of the table itself, and does not ask for a refused change again', async () => {
    const { scope, scopes, ask } = openScope();
    const refusal = new RefusedChange('too large a number');
    let calls = 0;
    scopes.before = () => {
      calls += 1;
      throw refusal;
    };
    await expect(scope.take(ask(), { rpm: 60 })).rejects.toBe(refusal);
    expect(calls).toBe(1);
  });

  test('fails where the table is away, and works when it is back', async () => {
    const { scope, scopes, ask } = openScope();
    scopes.before = () => {
      throw new Error('away');
    };
    const failed = await scope.take(ask(), { rpm: 60 }).catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({ message: 'a scope could not be changed', cause: { message: 'away' } });
    await expect(scope.give('r1', {})).rejects.toThrow('away');
    scopes.before = () => {};
    expect(await scope.take(ask(), { rpm: 60 })).not.toHaveProperty('lack');
    await expect.poll(scope.isIdle).toBe(true);
  });
});

describe('a scope that a clock far ahead has used up', () => {
  const ahead = NOW + 600_000;

  test('is set right at the next request, for one write, and fills again from then on', async () => {
    const { scope, scopes, time, ask } = openScope();
    scopes.items.set('key_1', { requests: 0.5, tokens: undefined, refilledAt: ahead, open: 0, leases: new Map() });
    await scope.look();
    expect(scope.knownLack(ask(), { rpm: 60 })).toBeUndefined();
    scopes.writes = 0;
    expect(await scope.take(ask(), { rpm: 60 })).toMatchObject({ lack: { what: 'requests', waitMs: 500 } });
    expect(stored(scopes)).toMatchObject({ requests: 0.5, refilledAt: NOW, open: 0 });
    expect(scope.knownLack(ask(), { rpm: 60 })).toMatchObject({ lack: { what: 'requests', waitMs: 500 } });
    expect(scopes.writes).toBe(1);
    await time.advance(500);
    expect(await scope.take(ask(), { rpm: 60 })).not.toHaveProperty('lack');
  });

  test('is set right once, however many processes see it', async () => {
    const { scopes, processes, time, ask } = openScope({ count: 4 });
    scopes.items.set('key_1', { requests: 0, tokens: undefined, refilledAt: ahead, open: 0, leases: new Map() });
    const refused = await Promise.all(processes.map((one) => one.take(ask(), { rpm: 60 })));
    expect(refused.map(({ lack }) => lack?.what)).toEqual(Array(4).fill('requests'));
    await time.advance(3_000);
    const outcomes = await Promise.all(
      processes.flatMap((one) => [ask(), ask()].map((it) => one.take(it, { rpm: 60 }))),
    );
    expect(outcomes.filter(({ lack }) => !lack)).toHaveLength(3);
  });
});

describe('several processes over one scope', () => {
  test('let in together exactly what there is, whatever is delayed, lost or sent twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 200, maxLength: 400 }),
        fc.integer({ min: 0, max: 40 }),
        async (dice, left) => {
          const { scopes, processes, ask } = openScope({ count: 3 });
          used(scopes, left);
          let thrown = 0;
          const die = (): number => dice[thrown++ % dice.length]!;
          scopes.before = async () => {
            for (let turns = die(); turns > 0; turns -= 1) await Promise.resolve();
            if (die() === 0) throw new Error('throttled');
          };
          scopes.after = async () => {
            for (let turns = die(); turns > 0; turns -= 1) await Promise.resolve();
            if (die() === 0) throw new Error('the reply is lost');
          };
          const takes = Array.from({ length: 90 }, (_, at) => processes[at % 3]!.take(ask(), { rpm: 100 }));
          const outcomes = await Promise.allSettled(takes);
          const let_in = outcomes.filter(
            ({ status, ...rest }) => status === 'fulfilled' && !('lack' in (rest as { value: object }).value),
          );
          const failed = outcomes.filter(({ status }) => status === 'rejected');
          const { requests, open: count, leases } = stored(scopes);
          expect(count).toBe(leases.size);
          expect(requests).toBe(left - count);
          expect(let_in.length).toBeLessThanOrEqual(count);
          if (failed.length === 0) expect(let_in.length).toBe(Math.min(left, 90));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('refill a bucket once for the same time, however many see that it is due', async () => {
    const { scopes, processes, time, ask } = openScope({ count: 8 });
    used(scopes, 0);
    await time.advance(10_000);
    const outcomes = await Promise.all(
      processes.flatMap((one) => [one.take(ask(), { rpm: 60 }), one.take(ask(), { rpm: 60 })]),
    );
    expect(outcomes.filter(({ lack }) => !lack)).toHaveLength(10);
    expect(stored(scopes)).toMatchObject({ requests: 0, refilledAt: NOW + 10_000 });
  });
});
