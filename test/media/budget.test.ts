import { expect, test } from 'vitest';
import { checkMediaCount, createMediaBudget } from '../../shared/media/budget.ts';
import { createFakeTime } from '../support/fake-time.ts';

test('counts time once where several are fetched at the same time, and not between them', async () => {
  const time = createFakeTime();
  const budget = createMediaBudget({ totalBytes: 1, totalMs: 100 }, time);
  const turns = [budget.begin(), budget.begin()];
  await time.advance(40);
  for (const turn of turns) turn.end();
  await time.advance(1_000);
  expect(budget.begin().ms).toBe(60);
});

test('bytes are counted as they come, and one more than the limit is refused by its name', () => {
  const budget = createMediaBudget({ totalBytes: 10, totalMs: 100 }, createFakeTime());
  budget.take(6);
  budget.checkRoom(4);
  expect(() => budget.checkRoom(5)).toThrow('`media.totalBytes`');
  budget.take(4);
  expect(() => budget.take(1)).toThrow('`media.totalBytes`');
});

test('as many addresses are fetched as the limit says, and one more is refused', () => {
  checkMediaCount(3, { maxCount: 3 });
  expect(() => checkMediaCount(4, { maxCount: 3 })).toThrow('`media.maxCount`');
});
