import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { systemTime, type Time } from '../../shared/async/time.ts';
import type { Gateway } from '../../shared/gateway/gateway.ts';
import { host, rawSocket, streamOf, text } from './hosting.ts';

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Answers after a while, unless the caller has left by then. */
const slow: Gateway = async (http, { signal }) => {
  await http.body();
  await Promise.race([later(300), new Promise((resolve) => signal.addEventListener('abort', resolve))]);
  return text(signal.aborted ? 'left' : 'answered');
};

/** Waits until the caller has left. */
function waiting(): { gateway: Gateway; left: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const gateway: Gateway = async (_, { signal }) => {
    await new Promise((settle) => signal.addEventListener('abort', settle, { once: true }));
    resolve();
    return text('too late');
  };
  return { gateway, left: promise };
}

const request = (head: string, body = ''): string =>
  `${head}\r\nhost: x\r\n${body === '' ? '' : `content-length: ${body.length}\r\n`}\r\n${body}`;

describe('a caller that sends no more after its request, and reads on', () => {
  test('gets the answer, and then the end of the connection', async () => {
    const server = await host(slow);
    const { socket, received, closed } = await rawSocket(server.port);
    socket.end(request('POST /a HTTP/1.1', '{}'));
    await closed;
    expect(received()).toMatch(/HTTP\/1\.1 200 OK[\s\S]*\r\n\r\nanswered$/);
    expect(server.afterRuns()).toBe(1);
  });

  test('gets a stream to its end', async () => {
    const server = await host(async () => {
      const { outgoing } = streamOf(['data: 1\n\n', 'data: 2\n\n']);
      async function* body() {
        for await (const piece of outgoing.body as AsyncIterable<Uint8Array>) {
          await later(50);
          yield piece;
        }
      }
      return { ...outgoing, body: body() };
    });
    const { socket, received, closed } = await rawSocket(server.port);
    socket.end(request('GET /a HTTP/1.1'));
    await closed;
    expect(received()).toContain('data: 2\n\n');
    expect(received()).toMatch(/0\r\n\r\n$/);
  });

  test('is sent less and less meanwhile', async () => {
    const waits: number[] = [];
    const after: Time['after'] = (ms, task) => {
      waits.push(ms);
      return systemTime.after(ms / 100, task);
    };
    const answered = Promise.withResolvers<void>();
    const gateway: Gateway = async () => {
      await answered.promise;
      return text('answered');
    };
    const server = await host(gateway, { time: { ...systemTime, after } });
    const { socket, received, closed } = await rawSocket(server.port);
    socket.end(request('GET /a HTTP/1.1'));
    await expect.poll(() => waits.length).toBeGreaterThan(7);
    answered.resolve();
    await closed;
    expect(waits.slice(0, 8)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    expect(received().match(/100 Continue/g)!.length).toBeGreaterThan(7);
    expect(received()).toMatch(/answered$/);
  });

  test('gets all answers of the requests that it sent together', async () => {
    const server = await host(slow);
    const { socket, received, closed } = await rawSocket(server.port);
    socket.end(request('GET /a HTTP/1.1') + request('GET /b HTTP/1.1'));
    await closed;
    expect(received().match(/answered/g)).toHaveLength(2);
  });
});

describe('a caller that has closed its connection', () => {
  /** Closed as programs do it: nothing is left that could read. */
  async function left(port: number, bytes: string): Promise<void> {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {});
    // With bytes that nobody has read it would be reset instead of closed.
    socket.resume();
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
    await later(50);
    socket.destroy();
  }

  test('is seen while no answer has begun', async () => {
    const { gateway, left: seen } = waiting();
    const server = await host(gateway);
    await left(server.port, request('GET /a HTTP/1.1'));
    await seen;
    await expect.poll(server.afterRuns).toBe(1);
    expect(server.logged).toEqual([]);
  });

  test('is seen within a stream that is silent', async () => {
    const keepAlive = { bytes: Buffer.from(': ping\n\n'), everyMs: 60_000 };
    let hasLeft = false;
    const server = await host(async (_, { signal }) => {
      async function* body() {
        yield Buffer.from('data: 1\n\n');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        hasLeft = true;
      }
      return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: body(), keepAlive };
    });
    await left(server.port, request('GET /a HTTP/1.1'));
    await expect.poll(() => hasLeft).toBe(true);
    await expect.poll(server.afterRuns).toBe(1);
  });

  test('over HTTP/1.0, where nothing can be written before the answer, has left when it sends no more', async () => {
    const { gateway, left: seen } = waiting();
    const server = await host(gateway);
    const { socket } = await rawSocket(server.port);
    socket.end('GET /a HTTP/1.0\r\n\r\n');
    await seen;
    await expect.poll(server.afterRuns).toBe(1);
  });
});
