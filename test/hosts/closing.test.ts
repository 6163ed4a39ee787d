import http from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Gateway } from '../../shared/gateway/gateway.ts';
import { host, hurried, invoke, rawSocket, streamOf, text } from './hosting.ts';

const never = new Promise<never>(() => {});
const piece = Buffer.alloc(64 * 1024, 'x');
function* endlessly(): Generator<Uint8Array> {
  for (;;) yield piece;
}

/** Waits for the call's signal, then ends. */
const obedient: Gateway = async (_, { signal }) => {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return text('too late');
};

describe('a reader who stops reading', () => {
  test('is given up after a bound: the stream is ended, the after-work runs, the connection is closed', async () => {
    const { outgoing, seen } = streamOf(endlessly());
    let signal: AbortSignal | undefined;
    const server = await host(
      async (_, run) => {
        signal = run.signal;
        return outgoing;
      },
      { stalledMs: 200 },
    );
    const { socket, closed } = await rawSocket(server.port);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(server.afterRuns, { timeout: 3_000 }).toBe(1);
    expect([seen.ended, signal?.aborted]).toEqual([1, true]);
    socket.resume();
    await closed;
    expect(server.logged).toEqual([]);
  });

  test('of a whole answer is given up after the same bound', async () => {
    const whole = { status: 200, headers: {}, body: Buffer.alloc(50_000_000) };
    const server = await host(async () => whole, { stalledMs: 200 });
    const { socket, closed } = await rawSocket(server.port);
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await expect.poll(server.afterRuns, { timeout: 3_000 }).toBe(1);
    socket.resume();
    await closed;
  });

  test('for less than the bound gets the whole answer', async () => {
    const server = await host(async () => ({ status: 200, headers: {}, body: Buffer.alloc(20_000_000, 'x') }), {
      stalledMs: 5_000,
    });
    const request = http.get(server.url);
    const response = await new Promise<http.IncomingMessage>((resolve) => request.on('response', resolve));
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    let length = 0;
    for await (const bytes of response) length += bytes.length;
    expect(length).toBe(20_000_000);
    await expect.poll(server.afterRuns).toBe(1);
  });

  test('of a function is given up after a bound, and the after-work runs', async () => {
    const { outgoing, seen } = streamOf(endlessly());
    let signal: AbortSignal | undefined;
    const { afterRuns } = await invoke(
      async (_, run) => {
        signal = run.signal;
        return outgoing;
      },
      { stalledMs: 50, reader: { take() {} } },
    );
    expect([afterRuns, seen.ended, signal?.aborted]).toEqual([1, 1, true]);
  });

  test('of a function is given up before the deadline of the function', async () => {
    const { afterRuns, logged } = await invoke(async () => streamOf(endlessly()).outgoing, {
      remainingMs: 1_600,
      reader: { take() {} },
    });
    expect(afterRuns).toBe(1);
    expect(logged).toMatchObject([{ cause: { message: expect.stringContaining('deadline') } }]);
  });
});

describe('a gateway that hangs', () => {
  test('in a function is answered with 504 before the deadline, and the after-work runs', async () => {
    const { head, afterRuns, logged } = await invoke(() => never, { remainingMs: 1_600 });
    expect([head?.statusCode, afterRuns]).toEqual([504, 1]);
    expect(logged).toMatchObject([{ cause: { message: expect.stringContaining('deadline') } }]);
  });

  test('though its caller has left is given up, and the after-work runs', async () => {
    const server = await host(() => never, { time: hurried });
    const { socket } = await rawSocket(server.port);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await expect.poll(server.afterRuns, { timeout: 8_000 }).toBe(1);
    expect(server.logged).toMatchObject([{ cause: { message: expect.stringContaining('caller left') } }]);
  });
});

describe('closing', () => {
  test('cuts what still runs after the grace, and its after-work runs before it resolves', async () => {
    const server = await host(obedient, { graceMs: 100 });
    const { socket, closed } = await rawSocket(server.port);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(server.afterRuns()).toBe(1);
    await closed;
  });

  test('cuts a gateway that does not obey, too', async () => {
    const server = await host(() => never, { graceMs: 1_000, time: hurried });
    const { socket } = await rawSocket(server.port);
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.close();
    expect(server.afterRuns()).toBe(1);
  });

  test('is not held up by a connection that sent half a request', async () => {
    const server = await host(async () => text('x'), { graceMs: 100 });
    const { socket, closed } = await rawSocket(server.port);
    socket.write('GET / HTTP/1.1\r\nho');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.close();
    await closed;
  });
});

describe('bytes that are no HTTP', () => {
  test.each([
    ['no HTTP at all', 'no http\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['too many header bytes', `GET / HTTP/1.1\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    [
      'a body with a broken chunk',
      'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      /^HTTP\/1\.1 400 /,
    ],
  ])('%s: the caller reads why the connection is closed', async (_, bytes, answer) => {
    const server = await host(async (http) => {
      await http.body();
      return text('x');
    });
    const { socket, received, closed } = await rawSocket(server.port);
    socket.write(bytes);
    await closed;
    expect(received()).toMatch(answer);
    expect(received().match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  const open = 'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n';
  test.each<[string, (socket: Socket) => void]>([
    ['broken by a chunk that is none', (socket) => void socket.write(`${open}zz\r\n`)],
    ['cut off', (socket) => void socket.end(open)],
  ])('a body %s is refused to its reader with the status that the caller gets', async (_, send) => {
    const thrown: unknown[] = [];
    const server = await host(async (http) => {
      await http.body().catch((error: unknown) => thrown.push(error));
      return text('x');
    });
    const { socket, received, closed } = await rawSocket(server.port);
    send(socket);
    await closed;
    expect(received()).toMatch(/HTTP\/1\.1 400 /);
    await expect.poll(() => thrown).toMatchObject([{ kind: 'invalid_request', status: 400 }]);
  });

  const get = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
  const garbage = '\0\0 no http\r\n\r\n';

  test.each([
    ['headers are sent', true],
    ['headers are not sent yet', false],
  ])(
    'behind a request that is answered (%s): the answer is finished, then the connection closed, nothing written into it',
    async (_, begun) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const server = await host(async () => {
        if (!begun) await promise;
        const body = (async function* () {
          yield Buffer.from('first');
          await promise;
          yield Buffer.from('last');
        })();
        return { status: 200, headers: {}, body };
      });
      const { socket, received, closed } = await rawSocket(server.port);
      socket.write(begun ? get : get + garbage);
      if (begun) await expect.poll(received).toContain('first');
      for (let n = 0; n < 3; n += 1) {
        socket.write(garbage);
        await new Promise((done) => setTimeout(done, 20));
      }
      resolve();
      await closed;
      expect(received()).toMatch(/^HTTP\/1\.1 200 [\s\S]*5\r\nfirst\r\n4\r\nlast\r\n0\r\n\r\n$/);
      expect(received().match(/HTTP\/1\.1/g)).toHaveLength(1);
      expect(server.afterRuns()).toBe(1);
      expect(server.logged).toEqual([]);
    },
  );

  test('behind several requests: all are answered in their order, then the connection is closed', async () => {
    const waits = [60, 10, 30];
    const server = await host(async ({ path }) => {
      await new Promise((done) => setTimeout(done, waits[Number(path.slice(1))]));
      return text(`answer ${path}`);
    });
    const { socket, received, closed } = await rawSocket(server.port);
    socket.write(waits.map((_, n) => get.replace('/', `/${n}`)).join('') + garbage);
    await closed;
    expect(received().match(/answer \/\d/g)).toEqual(['answer /0', 'answer /1', 'answer /2']);
    expect(received().match(/HTTP\/1\.1 \d+/g)).toEqual(Array(3).fill('HTTP/1.1 200'));
  });

  test('within the body of a request that is refused already do not cut its answer', async () => {
    const server = await host(async () => ({ ...text('refused'), status: 401 }));
    const { socket, received, closed } = await rawSocket(server.port);
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    await expect.poll(received).toContain('refused');
    socket.write('zz\r\n');
    await closed;
    expect(received()).toMatch(/^HTTP\/1\.1 401 [\s\S]*refused$/);
  });

  test('behind a request whose caller then leaves end that request', async () => {
    let signal: AbortSignal | undefined;
    const server = await host(async (http, run) => {
      signal = run.signal;
      return obedient(http, run);
    });
    const { socket } = await rawSocket(server.port);
    socket.write(get + garbage);
    await expect.poll(() => signal).toBeDefined();
    socket.destroy();
    await expect.poll(() => signal?.aborted, { timeout: 3_000 }).toBe(true);
  });
});
