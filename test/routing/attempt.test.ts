import { expect, test } from 'vitest';
import type { Attempt } from '../../shared/call/attempt.ts';
import { GatewayError, type Refusal, refuse } from '../../shared/errors.ts';
import { askTargets, attemptEach } from '../../shared/routing/attempt.ts';
import { openOne } from '../support/accounts.ts';
import { targetOf } from '../support/targets.ts';

type Kind = GatewayError['kind'];
const error = (kind: Kind, message: string = kind): GatewayError => new GatewayError(kind, message);

const { signal } = new AbortController();

/** Asks targets named a, b, c, … that answer or refuse as given. */
async function ask(...answers: (Refusal | Error | object)[]) {
  const { account, written } = openOne();
  const targets = answers.map((_, at) => targetOf(`${String.fromCharCode(97 + at)}/m`));
  const asked: string[] = [];
  const refused: string[] = [];
  const answering = attemptEach(targets, {
    signal,
    open: (target) => account.open(target),
    refused: (target, { kind }) => refused.push(`${target.provider.name}: ${kind}`),
    async ask(attempt) {
      asked.push(attempt.target.provider.name);
      const answer = answers[attempt.number - 1]!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  const outcome = await answering.then(
    (answer) => ({ answer }),
    (thrown: unknown) => ({ thrown }),
  );
  await account.settle();
  return { ...outcome, asked, refused, lines: written[0]!.attempts };
}

test('the first target that answers is the last one asked, and its attempt goes on', async () => {
  const answer = { body: 'x' };
  const { account } = openOne();
  let open = 0;
  const got = await attemptEach([targetOf('a/m')], {
    signal,
    open: (target) => {
      open += 1;
      return account.open(target);
    },
    refused: () => {},
    ask: async (attempt) => ({ ...answer, attempt }),
  });
  expect(got).toMatchObject(answer);
  expect(got.attempt).toMatchObject({ endedAt: undefined });
  expect(open).toBe(1);
  expect((await ask({}, {})).asked).toEqual(['a']);
});

test.each<Kind>([
  'upstream_auth',
  'forbidden',
  'not_found',
  'model_not_found',
  'rate_limited',
  'quota_exceeded',
  'internal',
  'upstream',
  'overloaded',
  'timeout',
])('after %s the next target is asked, and the refusal is reported with its target', async (kind) => {
  expect(await ask(refuse(error(kind)), { ok: true })).toMatchObject({
    answer: { ok: true },
    asked: ['a', 'b'],
    refused: [`a: ${kind}`],
  });
});

test.each<Kind>(['invalid_request', 'too_large', 'unprocessable', 'conflict', 'caller_left', 'unauthenticated'])(
  'after %s no other target is asked: it would refuse as well',
  async (kind) => {
    expect(await ask(refuse(error(kind)), {})).toMatchObject({ asked: ['a'], thrown: { kind } });
  },
);

test('where all refuse, a rate limit is thrown before anything else, since the caller can wait for it', async () => {
  const first = error('rate_limited', 'first');
  const outcome = await ask(
    refuse(error('upstream')),
    refuse(first),
    refuse(error('rate_limited', 'second')),
    refuse(error('overloaded')),
  );
  expect(outcome).toMatchObject({ thrown: first, asked: ['a', 'b', 'c', 'd'] });
});

test('where all refuse without a rate limit, the last refusal is thrown', async () => {
  const last = error('overloaded');
  expect(await ask(refuse(error('upstream')), refuse(last))).toMatchObject({ thrown: last });
});

test('each refusal ends its attempt with its own error', async () => {
  const { lines } = await ask(refuse(error('rate_limited')), refuse(error('upstream')));
  expect(lines).toMatchObject([
    { provider: 'a', error: 'rate_limited' },
    { provider: 'b', error: 'upstream' },
  ]);
});

test('what is thrown ends the request and its attempt, and no other target is asked', async () => {
  const bug = new TypeError('a bug');
  const { asked, lines, ...outcome } = await ask(bug, {});
  expect(outcome).toMatchObject({ thrown: bug, refused: [] });
  expect(asked).toEqual(['a']);
  expect(lines).toMatchObject([{ error: 'internal' }]);
});

test("a call's targets are asked in order: each is a line of its account, each refusal a warning", async () => {
  const { account, written } = openOne();
  const warned: unknown[] = [];
  const log = { warn: (message: string, fields?: object) => void warned.push([message, fields]) };
  const call = { id: 'req_1', account, signal };
  const asking = async (attempt: Attempt): Promise<Refusal | { answer: string }> =>
    attempt.number === 1 ? refuse(error('overloaded', 'Busy.')) : { answer: 'yes' };
  expect(await askTargets([targetOf('a/one'), targetOf('b/two')], asking, { call, log })).toEqual({ answer: 'yes' });
  expect(warned).toEqual([
    ['a provider refused', { requestId: 'req_1', provider: 'a', model: 'one', kind: 'overloaded', reason: 'Busy.' }],
  ]);
  await account.settle();
  expect(written[0]?.attempts).toMatchObject([
    { provider: 'a', model: 'one', error: 'overloaded' },
    { provider: 'b', model: 'two' },
  ]);
});

test('no target is asked once the request is over, and it has no line in the record', async () => {
  const { account, call, written } = openOne();
  const answering = attemptEach([targetOf('a/m'), targetOf('b/m')], {
    signal: call.signal,
    open: account.open,
    refused: () => {},
    async ask() {
      call.abort(error('timeout'));
      return refuse(error('timeout'));
    },
  });
  await expect(answering).rejects.toMatchObject({ kind: 'timeout' });
  await account.settle();
  expect(written[0]?.attempts.map(({ provider }) => provider)).toEqual(['a']);
});
