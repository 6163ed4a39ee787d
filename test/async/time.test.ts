import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { LONGEST_MS, sleep, systemTime, turn } from '../../shared/async/time.ts';
import { createFakeTime } from '../support/fake-time.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000 }));
afterEach(() => void vi.useRealTimers());

test('the system time is that of the machine', () => {
  expect(systemTime.now()).toBe(1_000);
  vi.advanceTimersByTime(5);
  expect(systemTime.now()).toBe(1_005);
});

test('a system timer runs once, when its time is over and not before', () => {
  const task = vi.fn();
  systemTime.after(10, task);
  vi.advanceTimersByTime(9);
  expect(task).not.toHaveBeenCalled();
  vi.advanceTimersByTime(100);
  expect(task).toHaveBeenCalledOnce();
});

test('a system interval runs each time until it is cleared', () => {
  const task = vi.fn();
  const timer = systemTime.every(10, task);
  vi.advanceTimersByTime(35);
  expect(task).toHaveBeenCalledTimes(3);
  timer.clear();
  expect(vi.getTimerCount()).toBe(0);
});

test.each(['after', 'every'] as const)('a cleared system timer (%s) never runs', (kind) => {
  systemTime[kind](10, () => expect.unreachable()).clear();
  expect(vi.getTimerCount()).toBe(0);
});

test.each(['after', 'every'] as const)('a refreshed system timer (%s) starts its wait again', (kind) => {
  const task = vi.fn();
  const timer = systemTime[kind](10, task);
  vi.advanceTimersByTime(9);
  timer.refresh();
  vi.advanceTimersByTime(9);
  expect(task).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(task).toHaveBeenCalledOnce();
  timer.clear();
});

test.each(['after', 'every'] as const)('a wait too long for Node (%s) becomes the longest that it can do', (kind) => {
  const task = vi.fn();
  const timer = systemTime[kind](3_000_000_000, task);
  vi.advanceTimersByTime(LONGEST_MS - 1);
  expect(task).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(task).toHaveBeenCalledOnce();
  timer.clear();
});

test('the longest wait is one that Node takes: 24.8 days', () => {
  expect(LONGEST_MS).toBe(2_147_483_647);
});

test('system random numbers lie from 0 to 1 and differ', () => {
  const numbers = Array.from({ length: 20 }, systemTime.random);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(new Set(numbers).size).toBe(20);
});

test('a system sleep ends when its time is over', async () => {
  const woken = vi.fn();
  void systemTime.sleep(10).then(woken);
  await vi.advanceTimersByTimeAsync(9);
  expect(woken).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(woken).toHaveBeenCalledOnce();
});

test('a system sleep fails at once where its signal is aborted', async () => {
  await expect(systemTime.sleep(10, AbortSignal.abort('left'))).rejects.toBe('left');
});

test('a sleep that ends leaves no listener on the signal', async () => {
  vi.useRealTimers();
  const time = createFakeTime();
  const { signal } = new AbortController();
  const slept = sleep(time, 10, signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  await time.advance(10);
  await slept;
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('an abort during a sleep fails with its reason and leaves neither timer nor listener', async () => {
  const time = createFakeTime();
  const controller = new AbortController();
  const slept = sleep(time, 10, controller.signal);
  controller.abort('left');
  await expect(slept).rejects.toBe('left');
  expect(time.pending()).toBe(0);
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});

test('a sleep under an aborted signal starts neither timer nor listener', async () => {
  const time = createFakeTime();
  const signal = AbortSignal.abort('left');
  await expect(sleep(time, 10, signal)).rejects.toBe('left');
  expect(time.pending()).toBe(0);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a clock that was set back does not put the next turn off', async () => {
  vi.useRealTimers();
  vi.useFakeTimers({ toFake: ['Date'], now: 9_000_000 });
  await turn();
  vi.setSystemTime(1_000);
  expect(turn()).toBeInstanceOf(Promise);
});

test('a turn lets all else that is waiting be done, and the next one is due 20 ms after it, not after it was asked for', async () => {
  vi.useRealTimers();
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000 });
  const waiting = vi.fn(() => void vi.setSystemTime(1_500));
  const immediate = setImmediate(waiting);
  onTestFinished(() => clearImmediate(immediate));
  const turned = turn();
  expect(turned).toBeInstanceOf(Promise);
  expect(waiting).not.toHaveBeenCalled();
  await turned;
  expect(waiting).toHaveBeenCalledOnce();
  expect(turn()).toBeUndefined();
  vi.setSystemTime(1_519);
  expect(turn()).toBeUndefined();
  vi.setSystemTime(1_520);
  expect(turn()).toBeInstanceOf(Promise);
});
