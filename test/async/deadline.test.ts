import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startDeadline } from '../../shared/async/deadline.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const runUntil = (deadline: number, signal = new AbortController().signal) => ({ deadline, signal, after: () => {} });

test('the signal of a deadline is aborted with a timeout when the time is over and not before', () => {
  const { signal } = startDeadline(runUntil(60_000), 2_000, 0);
  vi.advanceTimersByTime(1_999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toMatchObject({ kind: 'timeout', message: 'The answer was not finished within 2 s.' });
});

test('a host that stops earlier leaves three seconds for the error and the record', () => {
  const { signal } = startDeadline(runUntil(60_000), 600_000, 50_000);
  vi.advanceTimersByTime(6_999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toMatchObject({ message: 'The answer was not finished within 7 s.' });
});

test('a deadline that is over already reads 0 s', () => {
  const { signal } = startDeadline(runUntil(1_000), 600_000, 0);
  vi.advanceTimersByTime(1);
  expect(signal.reason).toMatchObject({ message: 'The answer was not finished within 0 s.' });
});

test('a caller who leaves ends the work before the deadline, and no listener stays', () => {
  const caller = new AbortController();
  const { signal } = startDeadline(runUntil(60_000, caller.signal), 2_000, 0);
  expect(signal.aborted).toBe(false);
  caller.abort();
  expect(signal.reason).toMatchObject({ kind: 'caller_left', message: expect.stringContaining('left') });
  expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
});

test('a caller who left before the start ends the work at once', () => {
  expect(startDeadline(runUntil(60_000, AbortSignal.abort()), 2_000, 0).signal.reason).toMatchObject({
    kind: 'caller_left',
  });
});

test('a cleared deadline leaves neither timer nor listener', () => {
  const caller = new AbortController();
  const deadline = startDeadline(runUntil(60_000, caller.signal), 2_000, 0);
  expect([vi.getTimerCount(), getEventListeners(caller.signal, 'abort').length]).toEqual([1, 1]);
  deadline.clear();
  expect([vi.getTimerCount(), getEventListeners(caller.signal, 'abort').length]).toEqual([0, 0]);
});
