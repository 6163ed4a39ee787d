import { expect, test } from 'vitest';
import { anthropicClient } from '../../shared/dialects/anthropic/client/dialect.ts';
import { GatewayError } from '../../shared/errors.ts';
import { openOne } from '../support/accounts.ts';
import { targetOf } from '../support/targets.ts';

const left = new GatewayError('caller_left', 'The caller left.');
const limited = new GatewayError('rate_limited', 'Too fast.');
const broken = new GatewayError('upstream', 'It broke.');
const a = targetOf('a/one');
const b = targetOf('b/two');

test('a request is recorded once, in the log and in the table, when its account is settled', async () => {
  const { account, time, reported, written } = openOne();
  account.asked({ model: 'alias', stream: true, bytes: 40 });
  const attempt = account.open(a);
  attempt.meter.see([{ type: 'usage', usage: { input: 1, output: 2 } }]);
  await time.advance(30);
  expect(reported).toEqual([]);
  await account.settle();
  expect(reported).toHaveLength(1);
  expect(written).toEqual(reported);
  expect(reported[0]).toMatchObject({
    requestId: 'req_1',
    time: '1970-01-01T00:16:40.000Z',
    caller: 'master',
    purpose: 'chat',
    dialect: 'openai-chat',
    askedModel: 'alias',
    provider: 'a',
    model: 'one',
    usage: { input: 1, output: 2 },
    status: 200,
    streamed: true,
    totalMs: 30,
  });
  expect(reported[0]).not.toHaveProperty('error');
});

test('a request that asked for nothing has a record all the same', async () => {
  const { account, written } = openOne();
  account.failed(new GatewayError('invalid_request', 'No JSON.'));
  await account.settle();
  expect(written[0]).toMatchObject({ askedModel: '', streamed: false, status: 400, error: 'invalid_request' });
  expect(written[0]?.attempts).toEqual([]);
});

test('the status is the one that the vendor of the caller answers with', async () => {
  const { account, written } = openOne({ dialect: anthropicClient });
  const overloaded = new GatewayError('overloaded', 'Busy.');
  account.failed(overloaded);
  await account.settle();
  expect(written[0]?.status).toBe(anthropicClient.errorStatus(overloaded));
  expect(written[0]?.status).toBe(529);
});

test('the caller may have got another status than the error has', async () => {
  const { account, written } = openOne();
  account.failed(broken, 200);
  await account.settle();
  expect(written[0]).toMatchObject({ status: 200, error: 'upstream' });
});

test('the first failure counts', async () => {
  const { account, written } = openOne();
  account.failed(limited);
  account.failed(broken);
  await account.settle();
  expect(written[0]).toMatchObject({ status: 429, error: 'rate_limited' });
});

test('an error of the provider keeps its status though the caller leaves afterwards', async () => {
  const { account, call, written } = openOne();
  account.failed(broken);
  call.abort(left);
  await account.settle();
  expect(written[0]).toMatchObject({ status: 502, error: 'upstream' });
});

test('a caller who left is recorded as 499, and so is the attempt that was under way', async () => {
  const { account, call, written } = openOne();
  account.open(a).meter.answered();
  call.abort(left);
  await account.settle();
  expect(written[0]).toMatchObject({ status: 499, error: 'caller_left', attempts: [{ error: 'caller_left' }] });
});

test('attempts are numbered in the order they were begun, and know the bytes that were asked', () => {
  const { account } = openOne();
  account.asked({ model: 'm', stream: false, bytes: 40 });
  const [first, second] = [account.open(a), account.open(b, { requestBytes: 8 })];
  expect([first.number, second.number]).toEqual([1, 2]);
  for (const { meter } of [first, second]) meter.answered();
  expect([first, second].map(({ meter }) => meter.reading().usage?.input)).toEqual([10, 2]);
  expect([first.purpose, account.open(a, { purpose: 'vision' }).purpose]).toEqual(['answer', 'vision']);
});

test('the input of a large request is estimated when it is needed, once, and never above its bytes', () => {
  const { account } = openOne();
  let counted = 0;
  const asked = (bytes: number, tokens: number) => ({
    model: 'm',
    stream: false,
    bytes,
    input: () => {
      counted += 1;
      return tokens;
    },
  });
  const inputOf = (): number | undefined => {
    const { meter } = account.open(a);
    meter.unanswered();
    meter.reading();
    return meter.reading().usage?.input;
  };
  account.asked(asked(16_384, 10));
  expect([inputOf(), counted]).toEqual([4_096, 0]);
  account.asked(asked(16_388, 10));
  expect(account.open(a).meter.reading().usage).toBeUndefined();
  expect(counted).toBe(0);
  expect([inputOf(), counted]).toEqual([10, 1]);
  const other = openOne().account;
  other.asked(asked(40_000, 90_000));
  const { meter } = other.open(a);
  meter.answered();
  expect(meter.reading().usage?.input).toBe(10_000);
  const plain = openOne().account;
  plain.asked({ model: 'm', stream: false, bytes: 40_000 });
  const reading = plain.open(a).meter;
  reading.unanswered();
  expect(reading.reading().usage?.input).toBe(10_000);
});

test('an attempt ends with its call unless it has a signal of its own', () => {
  const { account, call } = openOne();
  const shared = new AbortController();
  const [own, usual] = [account.open(a, { purpose: 'vision', signal: shared.signal }), account.open(a)];
  call.abort(left);
  expect([own.signal.aborted, usual.signal.reason]).toEqual([false, left]);
});

test('an attempt with a signal of its own has its own time-out, however soon the call ends', () => {
  const { account, time } = openOne({ until: 1_000_001 });
  account.open(a);
  expect(time.pending()).toBe(0);
  const shared = account.open(a, { purpose: 'vision', signal: new AbortController().signal });
  expect(time.pending()).toBe(1);
  shared.end();
  expect(time.pending()).toBe(0);
});

test('settling ends the attempts that answer', async () => {
  const { account, time, written } = openOne();
  account.open(a);
  await time.advance(20);
  await account.settle();
  expect(written[0]?.attempts[0]?.totalMs).toBe(20);
  expect(time.pending()).toBe(0);
});

test('settling waits for a description that other requests wait for too', async () => {
  const { account, time, written } = openOne();
  const description = account.open(b, { purpose: 'vision', signal: new AbortController().signal });
  account.open(a);
  const settled = account.settle();
  await time.advance(50);
  expect(written).toEqual([]);
  description.end();
  await settled;
  expect(written[0]?.attempts).toMatchObject([
    { purpose: 'vision', provider: 'b', totalMs: 50 },
    { purpose: 'answer', provider: 'a', totalMs: 0 },
  ]);
  expect(written[0]?.totalMs).toBe(50);
});

test('a description that outlives its call is bounded by its provider, an answer by its call', async () => {
  const { account, time } = openOne({ until: 1_001_000 });
  const slow = targetOf('a/one', { timeouts: { totalMs: 5_000 } });
  account.open(slow);
  expect(time.pending()).toBe(0);
  const shared = account.open(slow, { purpose: 'vision', signal: new AbortController().signal });
  expect(time.pending()).toBe(1);
  await time.advance(5_000);
  expect(shared.signal.aborted).toBe(true);
});

test('settling waits for pending work, and records the attempts that it opens meanwhile', async () => {
  const { account, time, written } = openOne();
  const { signal } = new AbortController();
  const describing = async () => {
    const first = account.open(a, { purpose: 'vision', signal });
    await time.sleep(20);
    first.end(broken);
    await time.sleep(20);
    const second = account.open(b, { purpose: 'vision', signal });
    await time.sleep(20);
    second.end();
    throw new Error('no words');
  };
  account.pending(describing());
  const settled = account.settle();
  await time.advance(60);
  await settled;
  expect(written[0]?.attempts).toMatchObject([{ provider: 'a', error: 'upstream' }, { provider: 'b' }]);
});

test('pending work that fails long before the request is over ends no process', async () => {
  const { account } = openOne();
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  account.pending(Promise.reject(new Error('no words')));
  // Node tells of failures that nobody awaits between two turns of its loop.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
  await account.settle();
});

test('the limits of a provider are those of the one that answered, or whose refusal the caller gets', () => {
  const { account } = openOne();
  const [ofA, ofB] = [{ 'x-ratelimit-limit-requests': '1' }, { 'x-ratelimit-limit-requests': '2' }];
  expect(account.providerRates()).toBeUndefined();
  const [first, second] = [account.open(a), account.open(b)];
  first.heard(ofA);
  first.end(limited);
  second.heard(ofB);
  expect(account.providerRates(limited)).toEqual({ provider: b.provider, rates: ofB });
  second.end(broken);
  expect(account.providerRates(limited)).toEqual({ provider: a.provider, rates: ofA });
  expect(account.providerRates(broken)).toEqual({ provider: b.provider, rates: ofB });
});

test('of a provider that says nothing of its limits nothing is known, whatever another one said', () => {
  const { account } = openOne();
  const [first] = [account.open(a), account.open(b)];
  first.heard({ 'x-ratelimit-limit-requests': '1' });
  first.end(limited);
  expect(account.providerRates()).toBeUndefined();
});
