import { expect, test } from 'vitest';
import { type AttemptState, openAttempt } from '../../shared/accounting/attempt.ts';
import { type FinishedRequest, recordOf, tokensOf } from '../../shared/accounting/record.ts';
import { GatewayError } from '../../shared/errors.ts';
import { groupOf, keyCaller } from '../support/callers.ts';
import { createFakeTime } from '../support/fake-time.ts';
import { targetOf } from '../support/targets.ts';

const limited = new GatewayError('rate_limited', 'Too fast.');
const broken = new GatewayError('upstream', 'It broke.');

const time = createFakeTime({ now: 1_000_000 });

function attemptAt(name: string, { purpose = 'answer' as AttemptState['purpose'] } = {}): AttemptState {
  const { signal } = new AbortController();
  return openAttempt(
    { target: targetOf(name), number: 1, purpose, signal, until: Number.POSITIVE_INFINITY, estimate: () => 10 },
    time,
  );
}

function failedAt(name: string, error: GatewayError): AttemptState {
  const attempt = attemptAt(name);
  attempt.end(error);
  return attempt;
}

function answeredAt(name: string, output = 7): AttemptState {
  const attempt = attemptAt(name);
  attempt.meter.see([
    { type: 'text', text: 'hi' },
    { type: 'usage', usage: { input: 3, output } },
    { type: 'finish', reason: 'stop' },
  ]);
  attempt.end();
  return attempt;
}

const record = (extra: Partial<FinishedRequest> = {}) =>
  recordOf({
    requestId: 'req_1',
    startedAt: time.now() - 100,
    endedAt: time.now(),
    caller: { type: 'master' },
    agentIds: {},
    dialect: 'openai-chat',
    purpose: 'chat',
    model: 'alias',
    stream: false,
    status: 200,
    error: undefined,
    attempts: [],
    ...extra,
  });

test('a record of a request that reached no provider has no provider, no usage and no lines', () => {
  expect(record()).toEqual({
    requestId: 'req_1',
    time: new Date(999_900).toISOString(),
    caller: 'master',
    purpose: 'chat',
    dialect: 'openai-chat',
    askedModel: 'alias',
    totalMs: 100,
    status: 200,
    streamed: false,
    attempts: [],
  });
});

test('a virtual key is recorded by its id and its name, other callers have no name', () => {
  expect(record({ caller: { ...keyCaller(), id: 'k1', name: 'Ann' } })).toMatchObject({
    caller: 'k1',
    callerName: 'Ann',
  });
  expect(record()).not.toHaveProperty('callerName');
});

test('a caller without a key is recorded with its group, since nothing else knows it; those with one and others are not', () => {
  const identity = { id: 'iss#ann', name: 'Ann', owner: 'ann' };
  const caller = { type: 'identity', id: 'iss#ann', name: 'Ann', identity } as const;
  const all = groupOf('organization');
  expect(record({ caller: { ...caller, groups: [groupOf('team'), all] } }).callerGroup).toBe('team');
  for (const other of [{ ...caller, groups: [all] }, keyCaller({}, [groupOf('team')]), { type: 'master' } as const])
    expect(record({ caller: other })).not.toHaveProperty('callerGroup');
});

test('the attempt that answered counts, whatever failed before it', () => {
  const made = record({ attempts: [failedAt('a/one', broken), answeredAt('b/two')] });
  expect(made).toMatchObject({
    provider: 'b',
    model: 'two',
    usage: { input: 3, output: 7 },
    firstTokenMs: 100,
    finish: 'stop',
  });
  expect(made).not.toHaveProperty('error');
});

test('the attempt that answered counts, though another one ended after it and the request ended badly', () => {
  const left = new GatewayError('caller_left', 'The caller left.');
  const attempts = [answeredAt('a/one'), failedAt('b/two', broken)];
  expect(record({ attempts, error: left })).toMatchObject({ provider: 'a', error: 'caller_left' });
});

test('an attempt that said nothing has no time of a first token, no finish and no usage', () => {
  const made = record({ attempts: [failedAt('a/one', broken)], error: broken });
  for (const name of ['firstTokenMs', 'finish', 'usage']) {
    expect(made).not.toHaveProperty(name);
    expect(made.attempts[0]).not.toHaveProperty(name);
  }
});

test('where A refuses with 429 and B fails with 500, the caller gets the rate limit and the record names A', () => {
  const attempts = [failedAt('a/one', limited), failedAt('b/two', broken)];
  const made = record({ attempts, status: 429, error: limited });
  expect(made).toMatchObject({ status: 429, error: 'rate_limited', provider: 'a', model: 'one' });
  expect(made.attempts).toMatchObject([
    { provider: 'a', error: 'rate_limited' },
    { provider: 'b', error: 'upstream' },
  ]);
});

test('where the caller got an error of no attempt, the last attempt counts', () => {
  const attempts = [failedAt('a/one', limited), failedAt('b/two', broken)];
  const ours = new GatewayError('timeout', 'Too late.');
  expect(record({ attempts, error: ours })).toMatchObject({ error: 'timeout', provider: 'b' });
});

test('the description of an image never counts, and has a line of its own', () => {
  const vision = attemptAt('eyes/v', { purpose: 'vision' });
  vision.meter.seeUsage({ input: 50, output: 5 });
  vision.end();
  const made = record({ attempts: [vision, answeredAt('a/one')] });
  expect(made).toMatchObject({ provider: 'a', usage: { input: 3, output: 7 } });
  expect(made.attempts[0]).toMatchObject({ purpose: 'vision', provider: 'eyes', usage: { input: 50, output: 5 } });
  expect(record({ attempts: [vision] })).not.toHaveProperty('provider');
});

test('an error inside the stream that the caller never got is in the record', () => {
  const attempt = attemptAt('a/one');
  attempt.meter.see([{ type: 'error', error: broken }]);
  attempt.end();
  expect(record({ attempts: [attempt] })).toMatchObject({ error: 'upstream', provider: 'a' });
});

test('a line counts its times from its own start, and says when that was', async () => {
  const attempt = attemptAt('a/one');
  const startedAt = time.now() - 100;
  await time.advance(20);
  attempt.meter.see([{ type: 'text', text: 'hi' }]);
  await time.advance(20);
  attempt.end();
  const made = record({ startedAt, attempts: [attempt] });
  expect(made.attempts).toEqual([
    { purpose: 'answer', provider: 'a', model: 'one', startedMs: 100, firstTokenMs: 20, totalMs: 40 },
  ]);
  expect(made.firstTokenMs).toBe(120);
});

test('a line says that its request was sent twice, and how many events could not be read', () => {
  const attempt = attemptAt('a/one');
  attempt.sentTwice();
  attempt.meter.unreadable();
  attempt.end();
  expect(record({ attempts: [attempt] }).attempts[0]).toMatchObject({ sentTwice: true, unreadable: 1 });
  const [plain] = record({ attempts: [answeredAt('a/one')] }).attempts;
  expect(plain).not.toHaveProperty('sentTwice');
  expect(plain).not.toHaveProperty('unreadable');
  expect(plain).not.toHaveProperty('error');
});

test('an attempt that is still under way took no time yet', () => {
  expect(record({ attempts: [attemptAt('a/one')] }).attempts[0]?.totalMs).toBe(0);
});

test('the tokens of a request are those of all its attempts, in and out, descriptions of images included', () => {
  const vision = attemptAt('eyes/v', { purpose: 'vision' });
  vision.meter.seeUsage({ input: 50, output: 5 });
  vision.end();
  expect(tokensOf(record({ attempts: [vision, failedAt('a/one', broken), answeredAt('b/two')] }))).toBe(50 + 5 + 3 + 7);
  expect(tokensOf(record())).toBe(0);
});

test('a record has the ids of its conversation and of the agents in it', () => {
  const agentIds = { session: 's-1', agent: 'a-2', parentAgent: 'a-1' };
  expect(record({ agentIds })).toMatchObject(agentIds);
  for (const name of ['session', 'agent', 'parentAgent']) expect(record()).not.toHaveProperty(name);
});
