import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GatewayError, isRefusal } from '../../shared/errors.ts';
import { createSend, type Send } from '../../shared/upstream/send.ts';
import { createFakeTime, type FakeTime } from '../support/fake-time.ts';
import { sleep } from '../support/provider.ts';
import { headOf, pieceOf, type RawProvider, startRawProvider, wholeAnswer } from '../support/raw-provider.ts';

/** Whatever ends a request, the call settles and holds no timer, no listener and no connection. */
let provider: RawProvider;
let fault: (socket: Socket) => void;
let time: FakeTime;
let send: Send;
let abort: AbortController;

beforeEach(async () => {
  provider = await startRawProvider((socket) => fault(socket));
  time = createFakeTime();
  send = createSend(time);
  abort = new AbortController();
});
afterEach(() => provider.close());

const timeouts = { connectMs: 1_000, firstEventMs: 1_000, replyMs: 1_000, idleMs: 60_000, totalMs: 60_000 };
const call = () =>
  send({ url: `${provider.url}/v1`, headers: {}, body: Buffer.from('{}'), timeouts, signal: abort.signal });

async function piecesOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return pieces;
}

async function expectNothingLeft(): Promise<void> {
  for (let tries = 0; tries < 100 && provider.open() + time.pending() > 0; tries += 1) await sleep(5);
  expect([provider.open(), time.pending(), getEventListeners(abort.signal, 'abort').length]).toEqual([0, 0, 0]);
}

test.each<[string, (socket: Socket) => void, RegExp]>([
  [
    '101 with a protocol',
    (s) => s.write('HTTP/1.1 101 Up\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    /another protocol/,
  ],
  ['101 without a protocol', (s) => s.write('HTTP/1.1 101 Up\r\n\r\n'), /another protocol/],
  ['a close', (s) => s.end(), /could not be reached/],
  ['a close within the head', (s) => s.end('HTTP/1.1 200 OK\r\nx: '), /could not be reached/],
  ['a reset', (s) => s.resetAndDestroy(), /could not be reached/],
  ['something that is no HTTP', (s) => s.write('hello\r\n'), /could not be reached/],
  ['a head of a megabyte', (s) => s.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(1_000_000)}`), /could not be reached/],
  [
    'many informational answers and a close',
    (s) => s.end('HTTP/1.1 103 Early\r\n\r\n'.repeat(50)),
    /could not be reached|without an answer/,
  ],
  [
    'informational answers without end',
    (s) => s.write('HTTP/1.1 103 Early\r\n\r\n'.repeat(101)),
    /more than 100 informational answers/,
  ],
])('%s is a refusal', async (_, script, message) => {
  fault = script;
  const outcome = await call();
  expect(outcome).toMatchObject({ refusal: { kind: 'upstream', message: expect.stringMatching(message) } });
  await expectNothingLeft();
});

test('silence, informational answers and a dripping head are ended by the time for the first event', async () => {
  for (const script of [
    () => {},
    (socket: Socket) => void socket.write('HTTP/1.1 103 Early\r\n\r\n'),
    (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\nx: y\r\n'),
  ]) {
    let isAsked = false;
    fault = (socket) => {
      isAsked = true;
      script(socket);
    };
    const outcome = call();
    while (!isAsked) await sleep(1);
    await sleep(5);
    await time.advance(1_000);
    expect(await outcome).toMatchObject({ refusal: { kind: 'timeout' } });
    await expectNothingLeft();
  }
});

test('an answer whose reader never says that it has begun is ended in its body', async () => {
  fault = (socket) => socket.write(headOf('text/event-stream') + pieceOf(': wait\n\n').toString());
  const reply = await call();
  if (isRefusal(reply)) throw reply.refusal;
  await time.advance(1_000);
  await expect(piecesOf(reply.body)).rejects.toMatchObject({ kind: 'timeout' });
  await expectNothingLeft();
});

test('an answer that has begun is ended by its call only', async () => {
  fault = (socket) => socket.write(headOf('text/event-stream') + pieceOf('data: a\n\n').toString());
  const reply = await call();
  if (isRefusal(reply)) throw reply.refusal;
  reply.begun?.();
  await time.advance(100_000);
  const body = reply.body[Symbol.asyncIterator]();
  expect(String((await body.next()).value)).toBe('data: a\n\n');
  const left = new GatewayError('caller_left', 'Gone.');
  abort.abort(left);
  await expect(body.next()).rejects.toBe(left);
  await expectNothingLeft();
});

test('the body of an error is not waited for longer than five seconds', async () => {
  fault = (socket) => socket.write(headOf('application/json').replace('200 OK', '500 Oh') + pieceOf('{').toString());
  const reply = await call();
  if (isRefusal(reply)) throw reply.refusal;
  await time.advance(5_000);
  await expect(piecesOf(reply.body)).rejects.toMatchObject({ kind: 'timeout' });
  await expectNothingLeft();
});

test('204 has an empty body, and its connection is kept for the next call', async () => {
  fault = (socket) => socket.write('HTTP/1.1 204 None\r\n\r\n');
  for (let times = 0; times < 2; times += 1) {
    const reply = await call();
    if (isRefusal(reply)) throw reply.refusal;
    expect([reply.status, await piecesOf(reply.body)]).toEqual([204, []]);
    await sleep(5);
  }
  expect([provider.open(), time.pending(), getEventListeners(abort.signal, 'abort').length]).toEqual([1, 0, 0]);
});

test('an answer that is over while its connection stays open is closed shortly after', async () => {
  fault = (socket) => socket.write(headOf('text/event-stream') + pieceOf('data: a\n\n').toString());
  const reply = await call();
  if (isRefusal(reply)) throw reply.refusal;
  reply.over?.();
  reply.begun?.();
  expect(provider.open()).toBe(1);
  await time.advance(200);
  await expectNothingLeft();
});

test('the end of an answer is waited for in all, whatever comes meanwhile', async () => {
  let socket: Socket | undefined;
  fault = (opened) => {
    socket = opened;
    socket.write(headOf('text/event-stream') + pieceOf('data: a\n\n').toString());
  };
  const reply = await call();
  if (isRefusal(reply)) throw reply.refusal;
  const body = reply.body[Symbol.asyncIterator]();
  await body.next();
  reply.expectEnd?.(3_000);
  reply.begun?.();
  for (let times = 0; times < 2; times += 1) {
    await time.advance(1_400);
    socket!.write(pieceOf(': ping\n\n'));
    expect(String((await body.next()).value)).toBe(': ping\n\n');
  }
  const broken = expect(body.next()).rejects.toMatchObject({ message: expect.stringContaining('did not end') });
  await time.advance(200);
  await broken;
  await expectNothingLeft();
});

test('an answer that goes on behind what seemed its end has no such time', async () => {
  fault = (socket) => socket.write(headOf('text/event-stream') + pieceOf('data: a\n\n').toString());
  const reply = await call();
  if (isRefusal(reply)) throw reply.refusal;
  reply.begun?.();
  reply.expectEnd?.(3_000);
  reply.expectEnd?.();
  expect(time.pending()).toBe(0);
  abort.abort(new GatewayError('caller_left', 'Gone.'));
  await expectNothingLeft();
});

test('what came before that time was over is read also by a slow reader', async () => {
  fault = (socket) => socket.write(headOf('text/event-stream') + pieceOf('data: a\n\n').toString());
  const reply = await call();
  if (isRefusal(reply)) throw reply.refusal;
  await sleep(20);
  reply.begun?.();
  reply.expectEnd?.(3_000);
  await time.advance(3_000);
  const body = reply.body[Symbol.asyncIterator]();
  expect(String((await body.next()).value)).toBe('data: a\n\n');
  await expect(body.next()).rejects.toMatchObject({ kind: 'timeout' });
  await expectNothingLeft();
});

test('a call that failed on a kept connection and then on a new one is sent twice only where both were written', async () => {
  const warm = wholeAnswer('200 OK', '{}');
  fault = (socket) => socket.write(warm);
  const first = await call();
  if (isRefusal(first)) throw first.refusal;
  await piecesOf(first.body);
  await sleep(5);
  fault = (socket) => socket.resetAndDestroy();
  expect(await call()).toMatchObject({ refusal: { kind: 'upstream' }, sentTwice: true });
  const once = await call();
  expect(once).toMatchObject({ refusal: { kind: 'upstream' } });
  expect(once.sentTwice).toBeUndefined();
  await expectNothingLeft();
});

test('a call that failed on a kept connection is not sent twice where no other connection can be opened', async () => {
  fault = (socket) => socket.write(wholeAnswer('200 OK', '{}'));
  const first = await call();
  if (isRefusal(first)) throw first.refusal;
  await piecesOf(first.body);
  await sleep(5);
  fault = (socket) => {
    void provider.close();
    socket.resetAndDestroy();
  };
  const outcome = await call();
  expect(outcome).toMatchObject({ refusal: { kind: 'upstream' } });
  expect(outcome.sentTwice).toBeUndefined();
  await expectNothingLeft();
});

test('a call that ends without an answer says whether all of its request was sent', async () => {
  fault = (socket) => socket.end();
  expect(await call()).toMatchObject({ refusal: { kind: 'upstream' }, isSent: true });
  fault = () => abort.abort(new GatewayError('caller_left', 'Gone.'));
  expect(await call()).toMatchObject({ refusal: { kind: 'caller_left' }, isSent: true });
  await expectNothingLeft();
});

test('a connection whose TLS handshake never ends was sent nothing', async () => {
  fault = () => {};
  const url = `${provider.url.replace('http:', 'https:')}/v1`;
  const calling = send({ url, headers: {}, body: Buffer.from('{}'), timeouts, signal: abort.signal });
  await expect.poll(provider.open).toBe(1);
  abort.abort(new GatewayError('caller_left', 'Gone.'));
  expect(await calling).toMatchObject({ refusal: { kind: 'caller_left' }, isSent: false });
  await expectNothingLeft();
});

test.each([
  ['200 OK', 1],
  ['503 Busy', 0],
])('a body of %s that does not come to its end is said to be broken %i times', async (status, times) => {
  fault = (socket) => {
    socket.write(`HTTP/1.1 ${status}\r\ncontent-length: 100\r\n\r\n{`);
    setTimeout(() => socket.destroy(), 10);
  };
  let broken = 0;
  const reply = await send({
    url: `${provider.url}/v1`,
    headers: {},
    body: Buffer.from('{}'),
    timeouts,
    signal: abort.signal,
    broken: () => {
      broken += 1;
    },
  });
  if (isRefusal(reply)) throw reply.refusal;
  await expect(piecesOf(reply.body)).rejects.toMatchObject({ kind: 'upstream' });
  expect(broken).toBe(times);
  await expectNothingLeft();
});
