import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { isDoneWithin, startDeadline, unlessAborted, within } from '../../shared/async/deadline.ts';
import { createFakeTime } from '../support/fake-time.ts';

function start({ parent = new AbortController(), ms = 2_000 } = {}) {
  const time = createFakeTime();
  const deadline = startDeadline({ parent: parent.signal, ms, error: () => new Error('too late') }, time);
  const left = () => ({ timers: time.pending(), listeners: getEventListeners(parent.signal, 'abort').length });
  return { time, deadline, parent, left };
}

test('the signal of a deadline is aborted with its error when the time is over and not before', async () => {
  const { time, deadline } = start();
  await time.advance(1_999);
  expect(deadline.signal.aborted).toBe(false);
  await time.advance(1);
  expect(deadline.signal.reason).toEqual(new Error('too late'));
});

test('a parent that is aborted ends the work before the deadline with its own reason, and no listener stays', () => {
  const { deadline, parent, left } = start();
  parent.abort('left');
  expect(deadline.signal.reason).toBe('left');
  expect(left().listeners).toBe(0);
});

test('a parent that is aborted already ends the work at once without a listener', () => {
  const parent = new AbortController();
  parent.abort('left');
  const { deadline, left } = start({ parent });
  expect(deadline.signal.reason).toBe('left');
  expect(left().listeners).toBe(0);
});

test.each([0, -1])('a deadline with no time left (%i ms) has ended at once, without a timer', (ms) => {
  const { deadline, left } = start({ ms });
  expect(deadline.signal.reason).toEqual(new Error('too late'));
  expect(left().timers).toBe(0);
  deadline.clear();
  expect(left()).toEqual({ timers: 0, listeners: 0 });
});

test('a deadline with a millisecond left has not ended yet', async () => {
  const { time, deadline } = start({ ms: 1 });
  expect(deadline.signal.aborted).toBe(false);
  await time.advance(1);
  expect(deadline.signal.aborted).toBe(true);
});

test('a deadline with no time left and a parent that is aborted already ends for the reason of the parent', () => {
  const parent = new AbortController();
  parent.abort('left');
  expect(start({ parent, ms: 0 }).deadline.signal.reason).toBe('left');
});

test('a cleared deadline leaves neither timer nor listener', () => {
  const { deadline, left } = start();
  expect(left()).toEqual({ timers: 1, listeners: 1 });
  deadline.clear();
  expect(left()).toEqual({ timers: 0, listeners: 0 });
});

test('work that is done in time gives its answer and leaves no timer', async () => {
  const time = createFakeTime();
  const work = within(
    time.sleep(9).then(() => 'done'),
    10,
    time,
  );
  await time.advance(9);
  expect(await work).toBe('done');
  expect(time.pending()).toBe(0);
});

test('work that takes longer gives nothing, as soon as the time is over', async () => {
  const time = createFakeTime();
  const work = within(new Promise<string>(() => {}), 10, time);
  await time.advance(9);
  expect(await Promise.race([work, 'still waiting'])).toBe('still waiting');
  await time.advance(1);
  expect(await work).toBeUndefined();
});

test('work that fails in time fails with its own error and leaves no timer', async () => {
  const time = createFakeTime();
  await expect(within(Promise.reject(new Error('broken')), 10, time)).rejects.toThrow('broken');
  expect(time.pending()).toBe(0);
});

test('work that heeds no signal is no longer waited for when that is aborted, and no listener stays', async () => {
  const controller = new AbortController();
  const waiting = unlessAborted(new Promise(() => {}), controller.signal);
  controller.abort(new Error('over'));
  await expect(waiting).rejects.toThrow('over');
  await expect(unlessAborted(Promise.resolve(1), controller.signal)).rejects.toThrow('over');
  const other = new AbortController();
  expect(await unlessAborted(Promise.resolve(1), other.signal)).toBe(1);
  await expect(unlessAborted(Promise.reject(new Error('broken')), other.signal)).rejects.toThrow('broken');
  expect(getEventListeners(other.signal, 'abort')).toEqual([]);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});

test('work is done in time or it is not, and no timer stays', async () => {
  const time = createFakeTime();
  const late = isDoneWithin(new Promise(() => {}), 10, time);
  const early = isDoneWithin(time.sleep(8), 9, time);
  await time.advance(8);
  expect(await early).toBe(true);
  expect(time.pending()).toBe(1);
  await time.advance(2);
  expect(await late).toBe(false);
  expect(time.pending()).toBe(0);
});
