import { expect, test } from 'vitest';
import { LONGEST_MS } from '../../shared/async/time.ts';
import { createFakeTime } from './fake-time.ts';

test('fake time stands still until it is advanced', async () => {
  const time = createFakeTime({ now: 500 });
  expect(time.now()).toBe(500);
  await time.advance(20);
  expect(time.now()).toBe(520);
});

test('fake timers run in the order of their times, each at its own time, and none too early', async () => {
  const time = createFakeTime();
  const ran: string[] = [];
  for (const ms of [30, 10, 20]) time.after(ms, () => ran.push(`${ms} at ${time.now()}`));
  time.after(10, () => ran.push('second of 10'));
  await time.advance(9);
  expect(ran).toEqual([]);
  await time.advance(20);
  expect(ran).toEqual(['10 at 10', 'second of 10', '20 at 20']);
  expect([time.now(), time.pending()]).toEqual([29, 1]);
});

test('promises settle before, between and after fake timers, so that a later sleep in a chain runs in the same advance', async () => {
  const time = createFakeTime();
  const ran: string[] = [];
  const chain = async (): Promise<void> => {
    await Promise.resolve();
    await time.sleep(10);
    ran.push(`slept until ${time.now()}`);
    await time.sleep(10);
    ran.push(`slept until ${time.now()}`);
  };
  void chain();
  time.after(15, () => ran.push('timer at 15'));
  await time.advance(20);
  expect(ran).toEqual(['slept until 10', 'timer at 15', 'slept until 20']);
});

test('a fake interval runs again and again until it is cleared', async () => {
  const time = createFakeTime();
  const ran: number[] = [];
  const timer = time.every(10, () => {
    ran.push(time.now());
    if (ran.length === 3) timer.clear();
  });
  await time.advance(100);
  expect(ran).toEqual([10, 20, 30]);
  expect(time.pending()).toBe(0);
});

test('a fake timer starts its wait again on refresh, after it has run too, but never once cleared', async () => {
  const time = createFakeTime();
  const ran: number[] = [];
  const timer = time.after(10, () => ran.push(time.now()));
  await time.advance(9);
  timer.refresh();
  await time.advance(10);
  expect(ran).toEqual([19]);
  timer.refresh();
  await time.advance(10);
  expect(ran).toEqual([19, 29]);
  timer.clear();
  timer.refresh();
  expect(time.pending()).toBe(0);
});

test('a refreshed fake timer runs after the others of its time', async () => {
  const time = createFakeTime();
  const ran: string[] = [];
  const first = time.after(10, () => ran.push('first'));
  time.after(10, () => ran.push('second'));
  first.refresh();
  await time.advance(10);
  expect(ran).toEqual(['second', 'first']);
});

test('fake timers wait no longer than the real ones, and a wait below zero is none', async () => {
  const time = createFakeTime();
  let ran = 0;
  time.after(-5, () => ran++);
  time.after(LONGEST_MS + 1, () => ran++);
  await time.advance(0);
  expect([ran, time.now()]).toEqual([1, 0]);
  await time.advance(LONGEST_MS);
  expect(ran).toBe(2);
});

test('an interval of no time at all runs once a millisecond', async () => {
  const time = createFakeTime();
  let ran = 0;
  time.every(0, () => ran++);
  await time.advance(5);
  expect(ran).toBe(5);
});

test('an aborted fake sleep fails with the reason and leaves no timer', async () => {
  const time = createFakeTime();
  const controller = new AbortController();
  const slept = time.sleep(10, controller.signal);
  expect(time.pending()).toBe(1);
  controller.abort(new Error('left'));
  await expect(slept).rejects.toThrow('left');
  expect(time.pending()).toBe(0);
});

test('the same seed gives the same random numbers from 0 to 1, another seed gives others', () => {
  const take = (seed: number): number[] => Array.from({ length: 100 }, createFakeTime({ seed }).random);
  const numbers = take(7);
  expect(numbers).toEqual(take(7));
  expect(numbers).not.toEqual(take(8));
  expect(new Set(numbers).size).toBe(100);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(Math.min(...numbers)).toBeLessThan(0.1);
  expect(Math.max(...numbers)).toBeGreaterThan(0.9);
});
