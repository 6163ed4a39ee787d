import diagnostics from 'node:diagnostics_channel';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import zlib from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { systemTime } from '../../shared/async/time.ts';
import { GatewayError, isRefusal } from '../../shared/errors.ts';
import { readStart } from '../../shared/upstream/read-whole.ts';
import { createSend, type UpstreamCall, type UpstreamReply } from '../../shared/upstream/send.ts';

const timeouts = { connectMs: 1_000, firstEventMs: 1_000, idleMs: 1_000, replyMs: 5_000, totalMs: 5_000 };

async function serve(listener: http.RequestListener): Promise<string> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const send = createSend(systemTime);

const call = (url: string, extra: Partial<UpstreamCall> = {}) =>
  send({
    url,
    headers: { 'x-a': 'b' },
    body: Buffer.from('{}'),
    timeouts,
    signal: new AbortController().signal,
    ...extra,
  });

const textOf = async (reply: Awaited<ReturnType<typeof call>>): Promise<string> =>
  (await readStart((reply as UpstreamReply).body, 1_000)).toString();

test('a request is posted with its headers and its length, and the reply is status, headers and body', async () => {
  const url = await serve(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const { method, headers } = request;
    response
      .writeHead(202, { 'x-c': 'd' })
      .end(`${method} ${headers['x-a']} ${headers['content-length']} ${Buffer.concat(pieces)}`);
  });
  const before = Date.now();
  const reply = await call(url);
  expect(reply).toMatchObject({ status: 202, headers: { 'x-c': 'd' } });
  expect((reply as UpstreamReply).at).toBeGreaterThanOrEqual(before);
  expect(await textOf(reply)).toBe('POST b 2 {}');
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['gzip', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['br', zlib.brotliCompressSync],
])('a body that comes compressed all the same (%s) is decoded', async (encoding, compress) => {
  const url = await serve(
    (_, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(compress(Buffer.from('plain'))),
  );
  expect(await textOf(await call(url))).toBe('plain');
});

test('a provider that cannot be reached is a refusal', async () => {
  expect(await call('http://127.0.0.1:9/v1')).toMatchObject({
    refusal: { kind: 'upstream', message: 'The provider could not be reached.' },
  });
});

test('a provider that does not answer in time is a refusal', async () => {
  const url = await serve(() => {});
  expect(await call(url, { timeouts: { ...timeouts, firstEventMs: 50 } })).toMatchObject({
    refusal: { kind: 'timeout', message: 'The provider did not answer within 0.05 s.' },
  });
});

test('a provider that falls silent breaks the body, and so does one that hangs up', async () => {
  const silent = await serve((_, response) => void response.writeHead(200).write('one'));
  const reply = await call(silent, { timeouts: { ...timeouts, idleMs: 50 } });
  await expect(textOf(reply)).rejects.toMatchObject({
    kind: 'timeout',
    message: 'The provider fell silent within 0.05 s.',
  });

  const leaving = await serve((_, response) => {
    response.writeHead(200).write('one');
    setTimeout(() => response.destroy(), 20);
  });
  await expect(textOf(await call(leaving))).rejects.toMatchObject({
    kind: 'upstream',
    message: 'The connection to the provider broke off.',
  });
});

test('what ends the call ends the request with its reason: before the answer as a refusal, in the body as a failure', async () => {
  const left = new GatewayError('caller_left', 'The caller left.');
  const silent = await serve(() => {});
  const [early, ended] = [new AbortController(), AbortSignal.abort(left)];
  const asking = call(silent, { signal: early.signal });
  early.abort(left);
  expect(await asking).toMatchObject({ refusal: left });
  expect(await call(silent, { signal: ended })).toMatchObject({ refusal: left });

  const endless = await serve((_, response) => void response.writeHead(200).write('one'));
  const late = new AbortController();
  const reply = await call(endless, { signal: late.signal });
  expect(isRefusal(reply)).toBe(false);
  const reading = textOf(reply);
  late.abort(left);
  await expect(reading).rejects.toBe(left);
});

test('a kept connection holds nothing of the requests that went over it', async () => {
  const sockets = new Set<Socket>();
  const onCreate = (made: { socket: Socket }): void => void sockets.add(made.socket);
  diagnostics.subscribe('net.client.socket', onCreate as (made: unknown) => void);
  onTestFinished(() => void diagnostics.unsubscribe('net.client.socket', onCreate as (made: unknown) => void));
  const url = await serve((request, response) => void request.resume().on('end', () => response.end('ok')));
  for (let times = 0; times < 5; times += 1) expect(await textOf(await call(url))).toBe('ok');
  expect(sockets.size).toBe(1);
  const [socket] = sockets;
  expect(socket?.listenerCount('connect')).toBe(0);
});

test('a provider that wants another protocol (101) is a refusal, and keeps no request waiting', async () => {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const reply = await call(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  expect(reply).toMatchObject({ refusal: { kind: 'upstream' } });
});
