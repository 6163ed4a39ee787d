import { expect, test } from 'vitest';
import { GatewayError, type Refusal, refuse } from '../../shared/errors.ts';
import { callProvider, isEventStream, type ProviderCall } from '../../shared/upstream/call-provider.ts';
import type { UpstreamCall, UpstreamRefusal, UpstreamReply } from '../../shared/upstream/send.ts';
import { streamOf } from '../support/streams.ts';
import { targetOf } from '../support/targets.ts';

const { signal } = new AbortController();

function replyOf(status: number, body: string | Error = '{}', extra: Partial<UpstreamReply> = {}): UpstreamReply {
  const chunks = typeof body === 'string' ? [Buffer.from(body)] : [body];
  return { status, headers: {}, at: 0, body: streamOf<Uint8Array>(chunks), ...extra };
}

async function call(
  reply: UpstreamReply | UpstreamRefusal,
  settings: Parameters<typeof targetOf>[1] = {},
  extra: Partial<ProviderCall> = {},
) {
  const sent: UpstreamCall[] = [];
  let unanswered = 0;
  const attempt = {
    target: targetOf('p/m', settings),
    signal,
    sentTwice: () => {},
    unanswered: () => {
      unanswered += 1;
    },
    heard: () => {},
  };
  const outcome = await callProvider(
    attempt,
    { headers: {}, body: Buffer.from('{}'), stream: false, ...extra },
    {
      async send(upstreamCall) {
        sent.push(upstreamCall);
        return reply;
      },
      providerKey: async () => 'k3y',
      serviceAccountTokens: async () => ({ token: 'unused' }),
    },
  );
  return { outcome, sent, attempt, unanswered: () => unanswered };
}

test('a 2xx is the reply, and the call carries the headers of provider, dialect and key', async () => {
  const reply = replyOf(201);
  const settings = { auth: 'bearer', secret: 'MINE', headers: { 'x-team': 'a', 'user-agent': 'ours' } };
  const { outcome, sent } = await call(reply, settings, {
    headers: { 'x-team': 'b', authorization: 'callers own' },
  });
  expect(outcome).toBe(reply);
  expect(sent).toMatchObject([
    {
      url: 'http://127.0.0.1:9/v1/chat/completions',
      signal,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'ours',
        'x-team': 'b',
        authorization: 'Bearer k3y',
      },
    },
  ]);
});

test('only a stream has a time-out for its first event: a whole reply begins when all of it is written', async () => {
  const timeouts = { firstEventMs: 100, replyMs: 3_000, totalMs: 5_000 };
  const whole = await call(replyOf(200), { timeouts });
  const stream = await call(replyOf(200), { timeouts }, { stream: true });
  expect([whole, stream].map(({ sent }) => sent[0]?.timeouts.firstEventMs)).toEqual([3_000, 100]);
  expect(stream.sent[0]?.headers.accept).toBe('text/event-stream');
});

test('another operation has a path of its own under the base URL', async () => {
  expect((await call(replyOf(200), {}, { path: '/rerank' })).sent[0]?.url).toBe('http://127.0.0.1:9/v1/rerank');
});

test('where a key is missing nothing is sent', async () => {
  const refusal = new GatewayError('upstream_auth', 'No token.');
  const target = targetOf('p/m', { preset: 'vertex', parameters: { project: 'p', location: 'l' }, secret: 'FILE' });
  const answer = await callProvider(
    { target, signal, sentTwice: () => {}, unanswered: () => {}, heard: () => {} },
    { headers: {}, body: Buffer.from(''), stream: false },
    {
      send: () => Promise.reject(new Error('was sent')),
      providerKey: async () => 'file',
      serviceAccountTokens: async () => refuse(refusal),
    },
  );
  expect(answer).toEqual({ refusal });
});

test('a refusal of the connection stays what it is', async () => {
  const refusal = refuse(new GatewayError('upstream', 'The provider could not be reached.'));
  expect((await call(refusal)).outcome).toBe(refusal);
});

test('a request that was sent is unanswered where no answer came, or where its answer breaks off', async () => {
  const refusal = refuse(new GatewayError('timeout', 'The provider did not answer.'));
  expect((await call({ ...refusal, isSent: true })).unanswered()).toBe(1);
  expect((await call({ ...refusal, isSent: false })).unanswered()).toBe(0);
  expect((await call(replyOf(503))).unanswered()).toBe(0);
  const { sent, unanswered } = await call(replyOf(200));
  expect(unanswered()).toBe(0);
  sent[0]?.broken?.();
  expect(unanswered()).toBe(1);
});

test('everything but a 2xx is a refusal in the words of the provider, with the time its headers ask to wait', async () => {
  const { outcome } = await call(
    replyOf(429, '{"error":{"message":"Slow down."}}', { headers: { 'retry-after': '7' } }),
  );
  expect(outcome).toMatchObject({ refusal: { kind: 'rate_limited', retryAfter: 7 } });
  expect((outcome as Refusal).refusal.message).toContain('Slow down.');
});

test('a refusal whose body breaks off is judged by its status', async () => {
  const { outcome } = await call(replyOf(503, new GatewayError('upstream', 'It broke.')));
  expect(outcome).toMatchObject({ refusal: { kind: 'overloaded' } });
});

test.each<[Record<string, string>, boolean]>([
  [{ 'content-type': 'text/event-stream; charset=utf-8' }, true],
  [{ 'content-type': 'application/json' }, false],
  [{ 'content-type': 'application/problem+JSON' }, false],
  [{ 'content-type': 'application/jsonl' }, true],
  [{}, true],
])('a reply with the headers %j is a stream: %s', (headers, expected) => {
  expect(isEventStream(headers)).toBe(expected);
});

test('a form keeps its content type, which is signed too', async () => {
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const { sent } = await call(replyOf(200), {}, { headers });
  expect(sent[0]?.headers['content-type']).toBe('multipart/form-data; boundary=b');
});

test('a refused key is told by the name of the provider alone', async () => {
  const { outcome } = await call(replyOf(401, '{"error":{"message":"Incorrect API key provided: k3y"}}'));
  const { refusal } = outcome as Refusal;
  expect(refusal).toMatchObject({ kind: 'upstream_auth', code: 'upstream_auth', quote: undefined });
  expect(refusal.message).toBe("The provider 'p' refused the key or the rights of this gateway.");
});
