import { expect, test } from 'vitest';
import { anthropicClient } from '../../shared/dialects/anthropic/client/dialect.ts';
import { openaiChatClient } from '../../shared/dialects/openai-chat/client/dialect.ts';
import { openaiResponsesClient } from '../../shared/dialects/openai-responses/client/dialect.ts';
import { GatewayError } from '../../shared/errors.ts';
import { respond, respondBytes, respondError, respondLater } from '../../shared/gateway/respond.ts';
import type { Outgoing } from '../../shared/http/message.ts';
import type { Answer } from '../../shared/roads/answer.ts';
import { streamOf } from '../support/streams.ts';

const broken = new GatewayError('upstream', 'It broke.');
const keepAlive = { bytes: Buffer.from(': keep-alive\n\n'), everyMs: 15_000 };

function callIn(dialect = openaiChatClient as typeof anthropicClient | typeof openaiChatClient) {
  const failures: GatewayError[] = [];
  const account = { failed: (error: GatewayError) => void failures.push(error) };
  return { id: 'req_1', dialect, account, forCaller: (error: GatewayError) => error, failures };
}

const streamed = (...pieces: (string | Error)[]): Answer => ({
  body: streamOf<Uint8Array>(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece))),
  contentType: 'text/event-stream',
  dropped: [],
});

async function textOf({ body }: Outgoing): Promise<string> {
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('a whole answer goes out as it is, with what was done to its request in headers', async () => {
  const whole: Answer = {
    body: Buffer.from('{}'),
    contentType: 'application/json',
    dropped: ['seed'],
    vision: 'hits=1',
  };
  const outgoing = respond(whole, callIn(), keepAlive);
  expect(outgoing).toEqual({
    status: 200,
    headers: { 'content-type': 'application/json', 'x-sluice-dropped': 'seed', 'x-sluice-vision': 'hits=1' },
    body: Buffer.from('{}'),
  });
});

test('a stream goes out piece by piece, kept alive, and no proxy may hold it back', async () => {
  const outgoing = respond(streamed('a', 'b'), callIn(), keepAlive);
  expect(outgoing.headers).toEqual({
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
  expect(outgoing.keepAlive).toBe(keepAlive);
  expect(await textOf(outgoing)).toBe('ab');
});

test('an error that breaks a stream is its last event in the words of the caller, and fails the account', async () => {
  for (const dialect of [openaiChatClient, anthropicClient]) {
    const call = callIn(dialect);
    expect(await textOf(respond(streamed('a\n\n', broken), call, keepAlive))).toBe(
      `a\n\n${dialect.errorEvent(broken, 'req_1', { first: Buffer.from('a\n\n'), last: Buffer.from('a\n\n') })}`,
    );
    expect(call.failures).toEqual([broken]);
  }
});

test('a bug that breaks a stream shows nothing of itself', async () => {
  const call = callIn();
  const text = await textOf(respond(streamed(new TypeError('secret cause')), call, keepAlive));
  expect(text).toContain('The gateway failed to handle this request.');
  expect(text).not.toContain('secret cause');
  expect(call.failures).toMatchObject([{ kind: 'internal' }]);
});

test('a reader who leaves ends the stream of the provider', async () => {
  const answer = streamed('a', 'b');
  for await (const _ of respond(answer, callIn(), keepAlive).body as AsyncIterable<Uint8Array>) break;
  expect((answer.body as ReturnType<typeof streamOf>).wasEnded()).toBe(true);
});

test('a stream that is answered late begins with a keep-alive, and its first comment says what headers would have said', async () => {
  const answer = {
    ...streamed('data: a\n\n'),
    dropped: ['seed', 'a\r\nx-evil: 1'],
    changes: { merged: 2 },
    vision: 'misses=1',
  };
  const outgoing = respondLater(Promise.resolve(answer), callIn(), keepAlive);
  expect(outgoing).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
  expect(await textOf(outgoing)).toBe(
    ': keep-alive\n\n' +
      ': x-sluice-dropped: seed, a%0D%0Ax-evil: 1\n: x-sluice-normalized: merged=2\n: x-sluice-vision: misses=1\n\n' +
      'data: a\n\n',
  );
});

test('a stream that is answered late has no comment where there is nothing to say', async () => {
  expect(await textOf(respondLater(Promise.resolve(streamed('data: a\n\n')), callIn(), keepAlive))).toBe(
    ': keep-alive\n\ndata: a\n\n',
  );
});

test('a whole answer in place of a late stream is sent as it is', async () => {
  const whole: Answer = { body: Buffer.from('data: all\n\n'), contentType: 'text/event-stream', dropped: [] };
  expect(await textOf(respondLater(Promise.resolve(whole), callIn(), keepAlive))).toBe(': keep-alive\n\ndata: all\n\n');
});

test('a late answer that fails is an event, and comments before it are not counted as events', async () => {
  const dialect = openaiResponsesClient;
  const call = { ...callIn(), dialect };
  const dropped = { ...streamed(broken), dropped: ['seed'] };
  const text = await textOf(respondLater(Promise.resolve(dropped), call, keepAlive));
  expect(text.endsWith(dialect.errorEvent(broken, 'req_1'))).toBe(true);
  expect(call.failures).toEqual([broken]);
});

test('a late stream that breaks fails the response that its first event began, not the comment before it', async () => {
  const call = { ...callIn(), dialect: openaiResponsesClient };
  const begun = 'data: {"type":"response.created","sequence_number":4,"response":{"id":"resp_9"}}\n\n';
  const text = await textOf(
    respondLater(Promise.resolve({ ...streamed(begun, broken), dropped: ['seed'] }), call, keepAlive),
  );
  expect(text).toContain(': x-sluice-dropped: seed');
  const failed = text.slice(text.indexOf(begun) + begun.length);
  expect(failed).toContain('"id":"resp_9"');
  expect(failed).toContain('"sequence_number":5');
});

test('a late answer that is refused is an event too, and not only where someone reads it', async () => {
  const refused = Promise.reject(broken);
  const call = callIn();
  const outgoing = respondLater(refused, call, keepAlive);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await textOf(outgoing)).toContain('It broke.');
  expect(call.failures).toEqual([broken]);
});

test('an error is written as its vendor writes it, with the headers that official clients obey', async () => {
  const waiting = new GatewayError('rate_limited', 'Too fast.', { retryAfter: 1.2345 });
  expect(respondError(waiting, openaiChatClient, 'req_1')).toMatchObject({
    status: 429,
    headers: { 'x-should-retry': 'true', 'retry-after': '2', 'retry-after-ms': '1235' },
  });
  const final = respondError(new GatewayError('invalid_request', 'No.'), openaiChatClient, 'req_1');
  expect(final.headers).toEqual({ 'content-type': 'application/json', 'x-should-retry': 'false' });
  expect(respondError(new GatewayError('overloaded', 'Busy.'), anthropicClient, 'req_1').status).toBe(529);
});

test('bytes without events go out as they are; a break is thrown, so that the host cuts the answer', async () => {
  const { account, failures } = callIn();
  const body = (...pieces: (string | Error)[]) => ({
    body: streamOf<Uint8Array>(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece))),
    contentType: 'audio/mpeg',
    dropped: ['top_k'],
  });
  const outgoing = respondBytes(body('a', 'b'), account);
  expect(outgoing.headers).toEqual({ 'content-type': 'audio/mpeg', 'x-sluice-dropped': 'top_k' });
  expect(outgoing).not.toHaveProperty('keepAlive');
  expect(await textOf(outgoing)).toBe('ab');
  await expect(textOf(respondBytes(body('a', broken), account))).rejects.toBe(broken);
  expect(failures).toEqual([broken]);
});

test('bytes end without an error for a caller who left, and the record still says so', async () => {
  const { account, failures } = callIn();
  const left = new GatewayError('caller_left', 'It left.');
  const body = streamOf<Uint8Array>([Buffer.from('a'), left]);
  expect(await textOf(respondBytes({ body, contentType: 'audio/mpeg', dropped: [] }, account))).toBe('a');
  expect(failures).toEqual([left]);
});
