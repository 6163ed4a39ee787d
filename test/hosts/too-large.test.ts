import http from 'node:http';
import { describe, expect, test } from 'vitest';
import { GatewayError, toGatewayError } from '../../shared/errors.ts';
import type { Gateway } from '../../shared/gateway/gateway.ts';
import { jsonOutgoing } from '../../shared/http/message.ts';
import { host, rawSocket } from './hosting.ts';

const LIMIT = 1_000_000;

/** Reads the body, and answers errors as the gateway does. */
const readsBody: Gateway = async (incoming) => {
  try {
    return jsonOutgoing(200, { read: (await incoming.body()).byteLength });
  } catch (thrown) {
    return jsonOutgoing(toGatewayError(thrown).status, { error: toGatewayError(thrown).message });
  }
};

/** Refuses before it reads the body, as a wrong key does. */
const refuses: Gateway = async () => jsonOutgoing(401, { error: new GatewayError('unauthenticated', 'no').message });

describe('a body above the limit', () => {
  const body = Buffer.alloc(LIMIT * 1.9, 'x');

  test.each([
    ['that says its length', () => body],
    ['that does not', () => slowly(body)],
  ])('%s: fetch reads 413', async (_, bodyOf) => {
    const server = await host(readsBody, { bodyBytes: LIMIT });
    for (let n = 0; n < 5; n += 1) {
      const init = { method: 'POST', body: bodyOf(), duplex: 'half' };
      const response = await fetch(server.url, init as RequestInit);
      expect(response.status).toBe(413);
      expect(await response.json()).toEqual({ error: `The request body is larger than ${LIMIT} bytes.` });
    }
    await expect.poll(server.afterRuns).toBe(5);
  });

  test.each([
    ['413 for a body above the limit', readsBody, 413],
    ['401 without its body being read', refuses, 401],
  ])('node:http reads %s, without a broken pipe', async (_, gateway, status) => {
    const server = await host(gateway, { bodyBytes: LIMIT });
    for (let n = 0; n < 5; n += 1) expect(await post(server.url, body)).toBe(status);
  });

  test.each([
    ['413', readsBody],
    ['401', refuses],
  ])('a client that writes everything before it reads gets %s', async (status, gateway) => {
    const server = await host(gateway, { bodyBytes: LIMIT });
    const { socket, received, closed } = await rawSocket(server.port);
    socket.pause();
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`);
    for (let at = 0; at < body.length; at += 100_000) {
      await new Promise<void>((resolve, reject) =>
        socket.write(body.subarray(at, at + 100_000), (failure) => (failure ? reject(failure) : resolve())),
      );
      await soon();
    }
    socket.resume();
    await closed;
    expect(received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*connection: close`, 'i'));
  });

  test('that never ends is answered at once, and the connection closed after a bound', async () => {
    const server = await host(readsBody, { bodyBytes: 100_000 });
    const { socket, received, closed } = await rawSocket(server.port);
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const flood = setInterval(() => socket.write(chunk), 1);
    await closed;
    clearInterval(flood);
    expect(received()).toMatch(/^HTTP\/1\.1 413 /);
    expect(socket.bytesWritten).toBeLessThan(10_000_000);
    await expect.poll(server.afterRuns).toBe(1);
  });

  test('the next request on the connection of one that was refused is not read out of the refused body', async () => {
    const server = await host(refuses, { bodyBytes: LIMIT });
    const { socket, received, closed } = await rawSocket(server.port);
    const inner = 'GET /inner HTTP/1.1\r\nhost: x\r\n\r\n';
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${inner.length}\r\n\r\n`);
    await expect.poll(received).toContain('401');
    socket.write(inner);
    await closed;
    expect(received().match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(server.afterRuns()).toBe(1);
  });
});

describe('a caller who asks with Expect: 100-continue whether to send its body', () => {
  const ask = (length: number) =>
    `POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`;

  test.each([
    ['413', 'too long', readsBody, LIMIT + 1],
    ['401', 'not wanted', refuses, 2],
  ])('reads %s at once where it is %s, and no 100 before', async (status, _, gateway, length) => {
    const server = await host(gateway, { bodyBytes: LIMIT });
    const { socket, received, closed } = await rawSocket(server.port);
    socket.write(ask(length));
    await expect.poll(received).toContain('"error"');
    expect(received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*connection: close`, 'i'));
    socket.end();
    await closed;
    expect(received().match(/HTTP\/1\.1/g)).toHaveLength(1);
    await expect.poll(server.afterRuns).toBe(1);
  });

  test('reads 100 when the body is wanted, once, and then its answer', async () => {
    const server = await host(readsBody, { bodyBytes: LIMIT });
    const { socket, received } = await rawSocket(server.port);
    socket.write(ask(2));
    await expect.poll(received).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('{}');
    await expect.poll(received).toContain('{"read":2}');
    expect(received().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200']);
  });
});

/** Clients on a real network do not have it all in the socket's buffers at once. */
const soon = () => new Promise((resolve) => setTimeout(resolve, 3));

const slowly = (bytes: Buffer): ReadableStream<Uint8Array> =>
  ReadableStream.from(
    (async function* () {
      for (let at = 0; at < bytes.length; at += 100_000) {
        yield bytes.subarray(at, at + 100_000);
        await soon();
      }
    })(),
  );

/** The status; fails where the connection breaks before it is read. */
async function post(url: string, body: Buffer): Promise<number> {
  const request = http.request(url, { method: 'POST', agent: false });
  const answered = new Promise<number>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
  });
  for (let at = 0; at < body.length && !request.destroyed; at += 100_000) {
    request.write(body.subarray(at, at + 100_000));
    await soon();
  }
  request.end();
  return answered;
}

describe('a body in pieces of one byte', () => {
  const chunked = (extra = ''): string => `POST / HTTP/1.1\r\nhost: x\r\n${extra}transfer-encoding: chunked\r\n\r\n`;

  test('is read, where there are not too many', async () => {
    const server = await host(readsBody, { bodyBytes: LIMIT });
    const { socket, received } = await rawSocket(server.port);
    socket.write(`${chunked()}${'1\r\n.\r\n'.repeat(49_000)}0\r\n\r\n`);
    await expect.poll(received).toContain('{"read":49000}');
  });

  test.each([
    ['400 for its pieces', readsBody, /^HTTP\/1\.1 400 [\s\S]*too many pieces of a few bytes/],
    ['401 without its body being read', refuses, /^HTTP\/1\.1 401 /],
  ])('beyond that gets %s, and the rest is not read to its end', async (_, gateway, answer) => {
    const server = await host(gateway, { bodyBytes: LIMIT });
    const { socket, received, closed } = await rawSocket(server.port);
    socket.write(chunked());
    const many = Buffer.from('1\r\n.\r\n'.repeat(10_000));
    let written = 0;
    while (!socket.destroyed && written < 100) {
      written += 1;
      if (!socket.write(many)) await Promise.race([closed, new Promise((drained) => socket.once('drain', drained))]);
      await soon();
    }
    await closed;
    expect(written).toBeLessThan(100);
    expect(received()).toMatch(answer);
    await expect.poll(server.afterRuns).toBe(1);
  });
});
