import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { createSingleFlight } from '../../shared/async/single-flight.ts';

const never = new AbortController().signal;

/** Calls that end when the test says so. */
function controlledCalls() {
  const calls: { end: PromiseWithResolvers<string>; signal: AbortSignal }[] = [];
  const call = (signal: AbortSignal): Promise<string> => {
    const end = Promise.withResolvers<string>();
    calls.push({ end, signal });
    return end.promise;
  };
  return { calls, call };
}

test('two that ask for the same key at the same time share one call and its answer', async () => {
  const { calls, call } = controlledCalls();
  const flights = createSingleFlight<string>();
  const answers = [flights.ask('a', never, call), flights.ask('a', never, call), flights.join('a', never)];
  expect(calls).toHaveLength(1);
  calls[0]!.end.resolve('yes');
  expect(await Promise.all(answers)).toEqual(['yes', 'yes', 'yes']);
  expect(calls[0]!.signal.aborted).toBe(false);
});

test('different keys are different calls', () => {
  const { calls, call } = controlledCalls();
  const flights = createSingleFlight<string>();
  void flights.ask('a', never, call);
  void flights.ask('b', never, call);
  expect(calls).toHaveLength(2);
});

test.each(['resolve', 'reject'] as const)('once a call is over (%s), the next one asks anew', async (end) => {
  const { calls, call } = controlledCalls();
  const flights = createSingleFlight<string>();
  const first = flights.ask('a', never, call).catch((error) => error);
  calls[0]!.end[end]('over');
  expect(await first).toBe('over');
  expect(await flights.join('a', never)).toBeUndefined();
  void flights.ask('a', never, call);
  expect(calls).toHaveLength(2);
});

test('joining where no call is under way gives nothing', async () => {
  expect(await createSingleFlight<string>().join('a', never)).toBeUndefined();
});

test('one that leaves gets its own reason at once, and the call goes on for the others', async () => {
  const { calls, call } = controlledCalls();
  const flights = createSingleFlight<string>();
  const leaver = new AbortController();
  const left = flights.ask('a', leaver.signal, call);
  const stays = flights.ask('a', never, call);
  leaver.abort('left');
  await expect(left).rejects.toBe('left');
  expect(calls[0]!.signal.aborted).toBe(false);
  calls[0]!.end.resolve('yes');
  expect(await stays).toBe('yes');
});

test('when the last one leaves, the call is aborted with its reason and the next one asks anew', async () => {
  const { calls, call } = controlledCalls();
  const flights = createSingleFlight<string>();
  const [one, two] = [new AbortController(), new AbortController()];
  const both = [flights.ask('a', one.signal, call), flights.join('a', two.signal)];
  one.abort('first');
  two.abort('second');
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(calls[0]!.signal.reason).toBe('second');
  void flights.ask('a', never, call);
  expect(calls).toHaveLength(2);
});

test('a call that was given up and ends later does not end the newer call for the same key', async () => {
  const { calls, call } = controlledCalls();
  const flights = createSingleFlight<string>();
  const leaver = new AbortController();
  const left = flights.ask('a', leaver.signal, call);
  leaver.abort('left');
  await expect(left).rejects.toBe('left');
  const newer = flights.ask('a', never, call);
  calls[0]!.end.reject(new Error('aborted'));
  await new Promise(setImmediate);
  void flights.ask('a', never, call);
  expect(calls).toHaveLength(2);
  calls[1]!.end.resolve('new');
  expect(await newer).toBe('new');
});

test('a call that is over is not aborted, nor is the newer one for the same key', async () => {
  const { calls, call } = controlledCalls();
  const flights = createSingleFlight<string>();
  const first = flights.ask('a', never, call);
  calls[0]!.end.resolve('old');
  await first;
  void flights.ask('a', never, call);
  await new Promise(setImmediate);
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([false, false]);
});

test.each(['ask', 'join'] as const)(
  'a signal that is aborted already fails at once (%s) and begins no call',
  async (how) => {
    const { calls, call } = controlledCalls();
    await expect(createSingleFlight<string>()[how]('a', AbortSignal.abort('left'), call)).rejects.toBe('left');
    expect(calls).toHaveLength(0);
  },
);

test('waiting leaves no listener behind', async () => {
  const { calls, call } = controlledCalls();
  const { signal } = new AbortController();
  const answer = createSingleFlight<string>().ask('a', signal, call);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  calls[0]!.end.resolve('yes');
  await answer;
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});
