import { expect, test } from 'vitest';
import { createRemembered } from '../../shared/aws/remembered.ts';

function open() {
  const state = { now: 0, looks: 0, isAway: false, value: { name: 'a' } as { name: string } | undefined };
  const warned: string[] = [];
  const { find, forget } = createRemembered({
    async look() {
      state.looks += 1;
      if (state.isAway) throw new Error('away');
      return state.value;
    },
    message: 'as it was',
    time: { now: () => state.now },
    log: { warn: (message) => void warned.push(message) },
  });
  return { state, find, forget, warned };
}

test('what was found is remembered for 30 s, and concurrent look-ups are one', async () => {
  const { state, find } = open();
  await Promise.all([find('k'), find('k')]);
  state.value = { name: 'b' };
  state.now = 29_999;
  expect([await find('k'), state.looks]).toEqual([{ name: 'a' }, 1]);
  state.now = 30_000;
  expect([await find('k'), state.looks]).toEqual([{ name: 'b' }, 2]);
});

test('what was not found is looked up again after 10 s', async () => {
  const { state, find } = open();
  state.value = undefined;
  expect(await find('k')).toBeUndefined();
  state.value = { name: 'new' };
  state.now = 9_999;
  expect(await find('k')).toBeUndefined();
  state.now = 10_000;
  expect(await find('k')).toEqual({ name: 'new' });
});

test('while the table is away, what was read serves on for ten minutes, and one request in five seconds waits for it', async () => {
  const { state, find, warned } = open();
  await find('k');
  state.isAway = true;
  state.now = 30_000;
  expect(await find('k')).toEqual({ name: 'a' });
  state.now = 34_999;
  await find('k');
  expect([state.looks, warned]).toEqual([2, ['as it was']]);
  for (state.now = 35_000; state.now <= 600_000; state.now += 5_000) expect(await find('k')).toEqual({ name: 'a' });
  state.now = 606_000;
  await expect(find('k')).rejects.toThrow('away');
  state.isAway = false;
  expect(await find('k')).toEqual({ name: 'a' });
});

test('what is gone is not brought back by a table that is away', async () => {
  const { state, find } = open();
  await find('k');
  state.value = undefined;
  state.now = 30_000;
  expect(await find('k')).toBeUndefined();
  state.isAway = true;
  state.now = 40_000;
  await expect(find('k')).rejects.toThrow('away');
});

test('what was never read cannot be had while the table is away, and is looked up each time', async () => {
  const { state, find } = open();
  state.isAway = true;
  await expect(find('k')).rejects.toThrow('away');
  await expect(find('k')).rejects.toThrow('away');
  expect(state.looks).toBe(2);
});

test('what was changed is forgotten, also while the table is away', async () => {
  const { state, find, forget } = open();
  await find('k');
  forget(({ name }) => name === 'b');
  state.value = { name: 'c' };
  expect(await find('k')).toEqual({ name: 'a' });
  forget(({ name }) => name === 'a');
  expect(await find('k')).toEqual({ name: 'c' });
  forget(() => true);
  state.isAway = true;
  await expect(find('k')).rejects.toThrow('away');
});

test('what is being looked up is forgotten too: it may be read as it was before', async () => {
  const { state, find, forget } = open();
  const first = find('k');
  forget(() => false);
  state.value = { name: 'b' };
  await first;
  expect(await find('k')).toEqual({ name: 'b' });
});
