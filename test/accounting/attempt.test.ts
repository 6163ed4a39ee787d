import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { openAttempt } from '../../shared/accounting/attempt.ts';
import { GatewayError } from '../../shared/errors.ts';
import { createFakeTime } from '../support/fake-time.ts';
import { targetOf } from '../support/targets.ts';

const left = new GatewayError('caller_left', 'The caller left.');
const broken = new GatewayError('upstream', 'It broke.');

function open({ totalMs = 2_000, parent = new AbortController(), until = Number.POSITIVE_INFINITY } = {}) {
  const time = createFakeTime({ now: 500 });
  const target = targetOf('a/m', { timeouts: { totalMs } });
  const opening = { target, number: 3, purpose: 'answer' as const, signal: parent.signal, until, estimate: () => 10 };
  return { attempt: openAttempt(opening, time), time, parent, target };
}

test('an attempt knows its target, its number, what it is for and when it began', () => {
  const { attempt, target } = open();
  expect(attempt).toMatchObject({ target, number: 3, purpose: 'answer', started: 500, isSentTwice: false });
  expect([attempt.endedAt, attempt.error]).toEqual([undefined, undefined]);
});

test("an attempt is ended by its own provider's total time-out, however long another provider may take", async () => {
  const short = open({ totalMs: 200 });
  const long = open({ totalMs: 900_000 });
  await Promise.all([short.time.advance(199), long.time.advance(200)]);
  expect([short.attempt.signal.aborted, long.attempt.signal.aborted]).toEqual([false, false]);
  await short.time.advance(1);
  expect(short.attempt.signal.reason).toMatchObject({
    kind: 'timeout',
    message: 'The answer was not finished within 0.2 s.',
  });
});

test('an attempt needs no timer where its call ends before it, or at the same time: then the signal of the call is its own', async () => {
  const [later, same, earlier] = [2_501, 2_500, 2_499].map((until) => open({ until })) as [
    ReturnType<typeof open>,
    ReturnType<typeof open>,
    ReturnType<typeof open>,
  ];
  expect([later, same, earlier].map(({ time }) => time.pending())).toEqual([1, 0, 0]);
  for (const { attempt, parent } of [same, earlier]) expect(attempt.signal).toBe(parent.signal);
  same.attempt.end();
  expect(same.attempt.endedAt).toBe(500);
  await later.time.advance(2_000);
  expect(later.attempt.signal.aborted).toBe(true);
});

test('an attempt ends with its call, for the same reason', () => {
  const { attempt, parent } = open();
  parent.abort(left);
  expect(attempt.signal.reason).toBe(left);
});

test('an attempt that has ended leaves no timer and no listener, and its end is awaited', async () => {
  const { attempt, time, parent } = open();
  let isOver = false;
  attempt.ended.then(() => {
    isOver = true;
  });
  await time.advance(70);
  expect([isOver, time.pending()]).toEqual([false, 1]);
  attempt.end();
  await attempt.ended;
  expect([time.pending(), getEventListeners(parent.signal, 'abort').length]).toEqual([0, 0]);
  expect([attempt.endedAt, attempt.error]).toEqual([570, undefined]);
});

test('the first end of an attempt counts', async () => {
  const { attempt, time } = open();
  attempt.end(broken);
  await time.advance(10);
  attempt.end(left);
  expect([attempt.endedAt, attempt.error]).toEqual([500, broken]);
  const good = open().attempt;
  good.end();
  good.end(broken);
  expect(good.error).toBeUndefined();
});

test('an attempt ends with the error it is given, else with the one of its stream, else with the reason that ended the call', () => {
  const inStream = new GatewayError('overloaded', 'Inside.');
  const { attempt, parent } = open();
  attempt.meter.see([{ type: 'error', error: inStream }]);
  parent.abort(left);
  attempt.end(broken);
  expect(attempt.error).toBe(broken);

  const second = open();
  second.attempt.meter.see([{ type: 'error', error: inStream }]);
  second.parent.abort(left);
  second.attempt.end();
  expect(second.attempt.error).toBe(inStream);

  const third = open();
  third.parent.abort(left);
  third.attempt.end();
  expect(third.attempt.error).toBe(left);
});

test('only a call that was ended for a reason of ours gives an attempt its error', () => {
  const foreign = open();
  foreign.parent.abort(new Error('not ours'));
  foreign.attempt.end();
  expect(foreign.attempt.error).toBeUndefined();
});

test('a request that was sent twice says so', () => {
  const { attempt } = open();
  attempt.sentTwice();
  expect(attempt.isSentTwice).toBe(true);
});

test('of what a provider says of its own limits the last counts', () => {
  const { attempt } = open();
  expect(attempt.rates).toBeUndefined();
  attempt.heard({ 'x-ratelimit-remaining-requests': '9' });
  attempt.heard({ 'x-ratelimit-remaining-requests': '8' });
  expect(attempt.rates).toEqual({ 'x-ratelimit-remaining-requests': '8' });
});

test('the meter of an attempt estimates the input by the bytes of its request', () => {
  const { attempt } = open();
  attempt.meter.answered();
  expect(attempt.meter.reading().usage).toEqual({ input: 10, output: 0, estimated: true });
});

test('an attempt that was sent and brought nothing is charged its estimated input', () => {
  const { attempt } = open();
  expect(attempt.meter.reading().usage).toBeUndefined();
  attempt.unanswered();
  expect(attempt.meter.reading().usage).toEqual({ input: 10, output: 0, estimated: true });
});
