import { describe, expect, test } from 'vitest';
import { createScope } from '../../../shared/accounting/limits/scope.ts';
import { hold, MOST_MS, NOW, scopePorts, stored, used, watch } from '../../support/scope-ports.ts';

function openScope(given?: Parameters<typeof scopePorts>[0]) {
  const { options, ...ports } = scopePorts(given);
  return { ...ports, scope: createScope('key_1', ports.scopes, options) };
}

describe('while a write of a scope is under way', () => {
  test('requests wait and go together in the next ones, at most fifty in each', async () => {
    const { scope, scopes, ask } = openScope();
    used(scopes, 1_000);
    const changes = watch(scopes);
    const outcomes = await Promise.all(Array.from({ length: 101 }, () => scope.take(ask(), { rpm: 1_000 })));
    expect(outcomes.filter(({ lack }) => lack)).toEqual([]);
    expect(changes.map(({ begins }) => begins?.ids.length)).toEqual([1, 50, 50]);
    expect(stored(scopes)).toMatchObject({ requests: 899, open: 101 });
  });

  test('what is given back waits too, at most fifty in each write', async () => {
    const { scope, scopes, ask } = openScope();
    const asks = Array.from({ length: 101 }, () => ask(10));
    await Promise.all(asks.map((one) => scope.take(one, { tpm: 2_000 })));
    const changes = watch(scopes);
    await Promise.all(asks.map(({ id }) => scope.give(id, { tokens: 10 })));
    expect(changes.map(({ add, ends }) => [add.tokens, ends?.length])).toEqual([
      [10, 1],
      [500, 50],
      [500, 50],
    ]);
    expect(stored(scopes)).toMatchObject({ tokens: 2_000, open: 0 });
  });

  test('what is given back together is given back one by one where one of the leases is there no longer', async () => {
    const { scope, scopes, ask } = openScope();
    const asks = [ask(10), ask(10), ask(10)] as const;
    for (const one of asks) await scope.take(one, { tpm: 100 });
    const changes = watch(scopes);
    await Promise.all([asks[0].id, 'gone', asks[1].id, asks[2].id].map((id) => scope.give(id, { tokens: 10 })));
    expect(changes.map(({ ends }) => ends?.length)).toEqual([1, 3, 1, 1, 1]);
    expect(stored(scopes)).toMatchObject({ tokens: 100, open: 0 });
  });

  test('a lease that is there no longer costs one write to end', async () => {
    const { scope, scopes } = openScope();
    await scope.give('gone', { tokens: 10 });
    expect([scopes.writes, scopes.items.size]).toEqual([1, 0]);
  });

  test('it is not idle, whatever is written', async () => {
    const { scope, scopes, ask } = openScope();
    const one = ask();
    for (const write of [() => scope.take(one, { rpm: 60 }), () => scope.give(one.id, {})]) {
      const release = hold(scopes);
      const writing = write();
      expect(scope.isIdle()).toBe(false);
      release();
      await writing;
      await expect.poll(scope.isIdle).toBe(true);
    }
  });
});

describe('a request that waits for a scope', () => {
  test('for as long as it may is still let in, and one that waited longer takes nothing', async () => {
    for (const [ms, leases] of [
      [MOST_MS, ['r1', 'r2']],
      [MOST_MS + 1, ['r1']],
    ] as const) {
      const { scope, scopes, time, ask } = openScope();
      used(scopes, 60);
      const release = hold(scopes);
      const takes = [scope.take(ask(), { rpm: 60 }), scope.take(ask(), { rpm: 60 })];
      await time.advance(ms);
      release();
      const [first, second] = await Promise.all(takes);
      // The first was under way: it learns that it has taken something, so that it gives that back.
      expect(first).not.toHaveProperty('lack');
      expect(second?.lack).toEqual(leases.length === 2 ? undefined : { what: 'requests', waitMs: 1_000 });
      expect([...stored(scopes).leases.keys()]).toEqual(leases);
    }
  });

  test('too long behind one that fails is not tried any more', async () => {
    const { scope, scopes, time, ask } = openScope();
    const { promise, reject } = Promise.withResolvers<void>();
    scopes.before = () => promise;
    const takes = [scope.take(ask(), { rpm: 60 }), scope.take(ask(), { rpm: 60 })];
    await time.advance(MOST_MS + 1);
    reject(new Error('away'));
    expect(await Promise.allSettled(takes)).toEqual([
      { status: 'rejected', reason: expect.any(Error) },
      { status: 'fulfilled', value: { state: undefined, lack: { what: 'requests', waitMs: 1_000 } } },
    ]);
    expect(scopes.items.size).toBe(0);
  });

  test('is tried again after 5 ms, twice as long after each further failure, until it waited too long', async () => {
    const { scope, scopes, time, ask } = openScope({ hasWaits: true });
    const tries: number[] = [];
    scopes.before = () => {
      tries.push(time.now() - NOW);
      throw new Error('away');
    };
    const failed = expect(scope.take(ask(), { rpm: 60 })).rejects.toThrow('a scope could not be changed');
    await time.advance(2_000);
    await failed;
    expect(tries).toEqual([0, 5, 15, 35, 75, 155, 315]);
  });

  test('is refused for a second where other processes were faster eight times', async () => {
    const { scope, scopes, time, ask } = openScope();
    await time.advance(10_000);
    let refilledAt = NOW;
    scopes.before = (call) => {
      if (call === 'change') used(scopes, 0).set('key_1', { ...stored(scopes), refilledAt: ++refilledAt });
    };
    expect(await scope.take(ask(), { rpm: 60 })).toEqual({
      state: stored(scopes),
      lack: { what: 'requests', waitMs: 1_000 },
    });
    expect(scopes.writes).toBe(8);
    expect(stored(scopes).open).toBe(0);
  });
});

describe('a request that lacks a slot', () => {
  const limits = { concurrency: 1 };

  test('takes the one whose end is being written, with one write each and nothing read', async () => {
    const { scope, scopes, ask } = openScope({ hasWaits: true });
    const [first, second] = [ask(), ask()];
    await scope.take(first, limits);
    const calls = [scopes.writes, scopes.reads];
    const release = hold(scopes);
    const given = scope.give(first.id, {});
    expect(scope.knownLack(second, limits)).toBeUndefined();
    const taken = scope.take(second, limits);
    release();
    await given;
    expect(await taken).not.toHaveProperty('lack');
    expect([scopes.writes, scopes.reads]).toEqual([calls[0]! + 2, calls[1]]);
    expect([...stored(scopes).leases.keys()]).toEqual(['r2']);
  });

  test('waits up to 100 ms for the end of one, and is refused where none ends', async () => {
    const { scope, scopes, time, ask } = openScope({ hasWaits: true });
    const [first, second, third] = [ask(), ask(), ask()];
    await scope.take(first, limits);
    const waits = scope.take(second, limits);
    await time.advance(99);
    await scope.give(first.id, {});
    expect(await waits).not.toHaveProperty('lack');
    let refused: object | undefined;
    void scope.take(third, limits).then((outcome) => {
      refused = outcome;
    });
    await time.advance(99);
    expect(refused).toBeUndefined();
    await time.advance(1);
    expect(refused).toMatchObject({ lack: { what: 'concurrency', waitMs: 1_000 } });
    expect([...stored(scopes).leases.keys()]).toEqual(['r2']);
    expect(time.pending()).toBe(0);
  });

  test('takes one that another process gave back meanwhile, for one read', async () => {
    const { scope, scopes, time, ask } = openScope({ hasWaits: true });
    await scope.take(ask(), limits);
    const waits = scope.take(ask(), limits);
    await time.advance(50);
    scopes.items.set('key_1', { ...stored(scopes), open: 0, leases: new Map() });
    const { reads } = scopes;
    await time.advance(50);
    expect(await waits).not.toHaveProperty('lack');
    expect(scopes.reads).toBe(reads + 1);
  });

  test('is refused at once where another has just waited in vain, unless one is being given back', async () => {
    const { scope, scopes, time, ask } = openScope({ hasWaits: true });
    const first = ask();
    await scope.take(first, limits);
    const waits = scope.take(ask(), limits);
    await time.advance(100);
    expect(await waits).toHaveProperty('lack');
    const calls = scopes.reads + scopes.writes;
    expect(scope.knownLack(ask(), limits)).toMatchObject({ lack: { what: 'concurrency' } });
    expect(await scope.take(ask(), limits)).toHaveProperty('lack');
    expect(scopes.reads + scopes.writes).toBe(calls);
    const release = hold(scopes);
    const given = scope.give(first.id, {});
    expect(scope.knownLack(ask(), limits)).toBeUndefined();
    const taken = scope.take(ask(), limits);
    release();
    await given;
    expect(await taken).not.toHaveProperty('lack');
  });

  test('waits no longer than 100 ms in all, though the end of another is never written', async () => {
    const { scope, scopes, time, ask } = openScope({ hasWaits: true });
    const first = ask();
    await scope.take(first, limits);
    scopes.before = (call) => (call === 'change' ? new Promise(() => {}) : undefined);
    void scope.give(first.id, {});
    const waits = [scope.take(ask(), limits), scope.take(ask(), limits)];
    await time.advance(100);
    expect((await Promise.all(waits)).map(({ lack }) => lack?.what)).toEqual(['concurrency', 'concurrency']);
  });

  test('of whom several wait gets as many slots as are given back, never more', async () => {
    const { scope, scopes, time, ask } = openScope({ hasWaits: true });
    const first = [ask(), ask(), ask()];
    await Promise.all(first.map((one) => scope.take(one, { concurrency: 3 })));
    const waits = Promise.all(Array.from({ length: 10 }, () => scope.take(ask(), { concurrency: 3 })));
    for (const { id } of first.slice(1)) {
      await time.advance(20);
      await scope.give(id, {});
    }
    await time.advance(200);
    expect((await waits).filter(({ lack }) => !lack)).toHaveLength(2);
    expect(stored(scopes)).toMatchObject({ open: 3 });
  });
});
