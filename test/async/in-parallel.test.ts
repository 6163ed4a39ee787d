import { expect, test } from 'vitest';
import { inParallel } from '../../shared/async/in-parallel.ts';
import { GatewayError, refuse } from '../../shared/errors.ts';
import { createFakeTime } from '../support/fake-time.ts';

const refusal = (message: string) => refuse(new GatewayError('upstream', message));

/** Each call takes as many milliseconds as its item says; below zero it refuses after them. */
function start(items: readonly number[], atOnce: number) {
  const time = createFakeTime();
  const begun: number[] = [];
  let most = 0;
  let running = 0;
  const all = inParallel(items, atOnce, async (item) => {
    begun.push(item);
    most = Math.max(most, ++running);
    await time.sleep(Math.abs(item));
    running -= 1;
    return item < 0 ? refusal(`refused ${item}`) : { item };
  });
  return { time, begun, most: () => most, all };
}

test('answers come in the order of the items, whichever call is done first', async () => {
  const { time, all } = start([30, 10, 20], 3);
  await time.advance(30);
  expect(await all).toEqual([{ item: 30 }, { item: 10 }, { item: 20 }]);
});

test('no more calls run at once than allowed, and the next begins as soon as one is done', async () => {
  const { time, all, begun, most } = start([30, 10, 20, 5], 2);
  await time.advance(9);
  expect(begun).toEqual([30, 10]);
  await time.advance(26);
  expect(await all).toHaveLength(4);
  expect(begun).toEqual([30, 10, 20, 5]);
  expect(most()).toBe(2);
});

test('more room than items begins each item once', async () => {
  const { time, all, begun } = start([1, 2], 9);
  await time.advance(2);
  await all;
  expect(begun).toEqual([1, 2]);
});

test('no items give no answers without a call', async () => {
  const { all, begun } = start([], 2);
  expect(await all).toEqual([]);
  expect(begun).toEqual([]);
});

test('after a refusal no further call is begun, and the refusal is the answer to all', async () => {
  const { time, all, begun } = start([-10, 20, 5, 5], 2);
  await time.advance(20);
  expect(await all).toMatchObject({ refusal: { message: 'refused -10' } });
  expect(begun).toEqual([-10, 20]);
});

test('of several refusals the first in time counts', async () => {
  const { time, all } = start([-20, -10], 2);
  await time.advance(20);
  expect(await all).toMatchObject({ refusal: { message: 'refused -10' } });
});
