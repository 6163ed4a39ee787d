import { expect, test } from 'vitest';
import { keepLease, LEASE_MS, leaseOr } from '../../shared/remember/lease.ts';
import { createFakeTime } from '../support/fake-time.ts';

/** Waits for a value that another process is making. */
function wait({ isThere = false, isFree = false, signal = new AbortController().signal } = {}) {
  const time = createFakeTime({ now: 5_000 });
  const state = { isThere, isFree, looks: 0, leasesAsked: [] as number[] };
  const waiting = leaseOr({
    look: async () => {
      state.looks += 1;
      return state.isThere ? 'made' : 'missing';
    },
    isDone: (looked) => looked === 'made',
    lease: async (_, now) => {
      state.leasesAsked.push(now);
      return state.isFree;
    },
    longestMs: 1_000,
    signal,
    time,
  });
  return { time, state, waiting };
}

test('what is there already needs no lease', async () => {
  const { waiting, state } = wait({ isThere: true });
  expect(await waiting).toBe('made');
  expect(state).toMatchObject({ looks: 1, leasesAsked: [] });
});

test('a lease that is free is taken at once', async () => {
  const { waiting, state } = wait({ isFree: true });
  expect(await waiting).toBe('missing');
  expect(state).toMatchObject({ looks: 1, leasesAsked: [5_000] });
});

test('while another process has the lease, it is looked for every 200 ms until the value is there', async () => {
  const { waiting, state, time } = wait();
  await time.advance(450);
  expect(state.leasesAsked).toEqual([5_000, 5_200, 5_400]);
  state.isThere = true;
  await time.advance(150);
  expect(await waiting).toBe('made');
  expect([state.looks, state.leasesAsked.length]).toEqual([4, 3]);
});

test('a lease that becomes free is taken', async () => {
  const { waiting, state, time } = wait();
  await time.advance(10);
  state.isFree = true;
  await time.advance(190);
  expect(await waiting).toBe('missing');
});

test('after the longest time the work begins without a lease', async () => {
  const { waiting, state, time } = wait();
  await time.advance(1_000);
  expect(state.looks).toBe(6);
  expect(await Promise.race([waiting, 'still waiting'])).toBe('still waiting');
  await time.advance(200);
  expect(await waiting).toBe('missing');
  expect(time.pending()).toBe(0);
});

test('waiting ends with its signal', async () => {
  const caller = new AbortController();
  const { waiting, time } = wait({ signal: caller.signal });
  const failed = expect(waiting).rejects.toThrow('left');
  await time.advance(10);
  caller.abort(new Error('left'));
  await failed;
  expect(time.pending()).toBe(0);
});

test('a lease that is kept is renewed before it is over, for as long as the work takes', async () => {
  const time = createFakeTime({ now: 5_000 });
  let until = time.now() + LEASE_MS;
  const kept = keepLease(async (renewed) => {
    until = renewed;
  }, time);
  for (let elapsed = 0; elapsed < 60_000; elapsed += 1_000) {
    await time.advance(1_000);
    expect(until).toBeGreaterThan(time.now());
  }
  kept.clear();
  expect(time.pending()).toBe(0);
});
