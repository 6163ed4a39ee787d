import http from 'node:http';
import { describe, expect, test } from 'vitest';
import { systemTime, type Time } from '../../shared/async/time.ts';
import type { Gateway } from '../../shared/gateway/gateway.ts';
import { host, invoke, streamOf, text } from './hosting.ts';

const failure = new Error('planted');

const brokenGateways: [string, Gateway, string][] = [
  [
    'a gateway that throws',
    async () => {
      throw failure;
    },
    'whole',
  ],
  ['a header with a line break', async () => text('x', { 'x-a': 'a\r\nb' }), 'node'],
  ['a header outside of Latin-1', async () => text('x', { 'x-a': '日本' }), 'node'],
  ['a header with an illegal name', async () => text('x', { 'x a': '1' }), 'node'],
  ['a stream with such a header', async () => streamOf(['a'], { 'x-a': '日本' }).outgoing, 'node'],
  ['a status that is none', async () => ({ ...text('x'), status: 7 }), 'node'],
  ['a stream that throws before its first piece', async () => streamOf([failure]).outgoing, 'whole'],
];

describe('the node host', () => {
  test.each(brokenGateways)('%s: the caller reads 500, the after-work runs once, it is logged', async (_, gateway) => {
    const server = await host(gateway);
    const response = await fetch(server.url, { method: 'POST', body: '{}' });
    expect(response.status).toBe(500);
    expect(response.statusText).toBe('Internal Server Error');
    expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(/\w/) } });
    await expect.poll(server.afterRuns).toBe(1);
    expect(server.logged).toMatchObject([{ message: 'a request could not be answered' }]);
  });

  test('a stream that throws after its first piece is cut off, the after-work runs once, it is logged', async () => {
    const { outgoing, seen } = streamOf(['data: 1\n\n', failure]);
    const server = await host(async () => outgoing);
    const response = await fetch(server.url);
    const reader = response.body!.getReader();
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('data: 1\n\n');
    await expect(reader.read()).rejects.toThrow();
    await expect.poll(server.afterRuns).toBe(1);
    expect(server.logged).toEqual([{ message: 'a request could not be answered', cause: failure }]);
    expect(seen.ended).toBe(1);
  });

  test('a stream of something other than bytes is cut off, the after-work runs once, it is logged', async () => {
    const server = await host(async () => streamOf([7 as never]).outgoing);
    await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow();
    await expect.poll(server.afterRuns).toBe(1);
    expect(server.logged).toMatchObject([{ message: 'a request could not be answered' }]);
  });

  test('a caller who leaves amid a stream: the stream is ended, the after-work runs once, nothing is logged', async () => {
    const endless = streamOf(endlessly('data: 1\n\n'));
    const server = await host(async () => endless.outgoing);
    const request = http.get(server.url, (response) => response.once('data', () => request.destroy()));
    request.on('error', () => {});
    await expect.poll(server.afterRuns).toBe(1);
    expect(endless.seen.ended).toBe(1);
    expect(server.logged).toEqual([]);
  });

  test('a request after a failed one on the same connection is answered', async () => {
    let calls = 0;
    const server = await host(async () => text('fine', calls++ === 0 ? { 'x-a': '日' } : {}));
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const statuses = [await statusOf(server.url, agent), await statusOf(server.url, agent)];
    agent.destroy();
    expect(statuses).toEqual([500, 200]);
  });

  test('after-work that fails keeps no other from running', async () => {
    let ran = 0;
    const server = await host(async (_, run) => {
      run.after(() => {
        throw failure;
      });
      run.after(async () => {
        ran += 1;
      });
      return text('fine');
    });
    expect(await (await fetch(server.url)).text()).toBe('fine');
    await expect.poll(() => ran).toBe(1);
    expect(server.logged).toEqual([{ message: 'work after a request failed', cause: failure }]);
  });
});

describe('the Lambda host', () => {
  const throwing = brokenGateways.filter(([, , where]) => where === 'whole');
  test.each(throwing)('%s: the caller reads 500, the after-work runs once, it is logged', async (_, gateway) => {
    const { head, text: body, afterRuns, logged } = await invoke(gateway);
    expect(head?.statusCode).toBe(500);
    expect(JSON.parse(body)).toMatchObject({ error: { message: expect.stringMatching(/\w/) } });
    expect(afterRuns).toBe(1);
    expect(logged).toEqual([{ message: 'a request could not be answered', cause: failure }]);
  });

  test('a stream that throws after its first piece is ended, so that the process goes on', async () => {
    const {
      head,
      text: body,
      afterRuns,
      logged,
    } = await invoke(async () => streamOf(['data: 1\n\n', failure]).outgoing);
    expect([head?.statusCode, body, afterRuns]).toEqual([200, 'data: 1\n\n', 1]);
    expect(logged).toEqual([{ message: 'a request could not be answered', cause: failure }]);
  });

  test('a failed answer leaves no timer armed', async () => {
    let armed = 0;
    const after: Time['after'] = (ms, task) => {
      armed += 1;
      const timer = systemTime.after(ms, task);
      const clear = (): void => {
        armed -= 1;
        timer.clear();
      };
      return { ...timer, clear };
    };
    await invoke(async () => streamOf(['data: 1\n\n', failure]).outgoing, { time: { ...systemTime, after } });
    expect(armed).toBe(0);
  });

  test('a response stream that breaks ends the answer, and the after-work runs once', async () => {
    const { outgoing, seen } = streamOf(endlessly('data: 1\n\n'));
    let signal: AbortSignal | undefined;
    let taken = 0;
    const reader = {
      take: (_: Buffer, done: (failure?: Error) => void) => setImmediate(done, ++taken > 3 ? failure : undefined),
    };
    const { afterRuns, logged } = await invoke(
      async (_, run) => {
        signal = run.signal;
        return outgoing;
      },
      { reader },
    );
    expect([afterRuns, seen.ended, signal?.aborted]).toEqual([1, 1, true]);
    expect(logged).toEqual([]);
  });

  test('an answer without a body has its status all the same', async () => {
    const { head, text: body } = await invoke(async () => ({ status: 204, headers: {}, body: new Uint8Array() }));
    expect([head?.statusCode, body]).toEqual([204, '']);
  });
});

function* endlessly(piece: string): Generator<string> {
  for (;;) yield piece;
}

function statusOf(url: string, agent: http.Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
  });
}
