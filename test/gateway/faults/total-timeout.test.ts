import { expect, onTestFinished, test } from 'vitest';
import { chunk, completion, sendJson, startProvider, startStream } from '../../support/provider.ts';
import { startRig } from '../../support/rig.ts';

/** Providers that never finish. One may take 200 ms, the other a quarter of an hour. */
async function open() {
  const provider = await startProvider(({ body, path }, response) => {
    if (path.startsWith('/slow/')) return sendJson(response, 500, { error: { message: 'not me' } });
    if (!body.stream) return;
    startStream(response);
    const timer = setInterval(() => response.write(chunk({ content: 'more ' })), 20);
    response.on('close', () => clearInterval(timer));
  });
  const rig = await startRig({
    definition: {
      providers: {
        quick: { baseUrl: `${provider.url}/quick`, auth: 'none', timeouts: { totalMs: 200 } },
        slow: { baseUrl: `${provider.url}/slow`, auth: 'none', timeouts: { totalMs: 900_000 } },
      },
      models: { both: ['quick/m', 'slow/m'] },
    },
  });
  onTestFinished(async () => {
    await rig.close();
    await provider.close();
  });
  const ask = async (body: object) => {
    const startedAt = performance.now();
    const response = await rig.post({ model: 'quick/m', messages: [{ role: 'user', content: 'hi' }], ...body });
    const text = await response.text();
    await rig.records(1);
    return { status: response.status, text, ms: performance.now() - startedAt, record: rig.requests[0]! };
  };
  return { rig, provider, ask };
}

test('a provider with a total time-out of 200 ms is ended by it, though another provider may take a quarter of an hour', async () => {
  const { ask, provider } = await open();
  const { status, ms, record } = await ask({});
  expect(status).toBe(504);
  expect(ms).toBeLessThan(3_000);
  expect(record).toMatchObject({ status: 504, error: 'timeout', attempts: [{ provider: 'quick', error: 'timeout' }] });
  expect(record.attempts[0]!.totalMs).toBeGreaterThanOrEqual(195);
  await expect.poll(() => provider.left).toBe(1);
});

test('a stream that goes on too long is ended by it with an error event, and what was written is recorded', async () => {
  const { ask, provider } = await open();
  const { status, text, ms, record } = await ask({ stream: true });
  expect(status).toBe(200);
  expect(ms).toBeLessThan(3_000);
  expect(text).toContain('more ');
  expect(text).toContain('The answer was not finished within 0.2 s.');
  expect(record).toMatchObject({ status: 504, error: 'timeout', usage: { estimated: true } });
  await expect.poll(() => provider.left).toBe(1);
});

test('the next target has its own time: what is over is the attempt, not the request', async () => {
  const { ask } = await open();
  const { record } = await ask({ model: 'both' });
  expect(record.attempts).toMatchObject([
    { provider: 'quick', error: 'timeout' },
    { provider: 'slow', error: 'upstream' },
  ]);
});

test('a provider that may take as long as any other leaves its time to the next target', async () => {
  const asked: string[] = [];
  const provider = await startProvider(({ path }, response) => {
    asked.push(path.split('/')[1]!);
    if (path.startsWith('/second/')) sendJson(response, 200, completion('here'));
  });
  const timeouts = { totalMs: 300 };
  const rig = await startRig({
    definition: {
      providers: {
        first: { baseUrl: `${provider.url}/first`, auth: 'none', timeouts },
        second: { baseUrl: `${provider.url}/second`, auth: 'none', timeouts },
      },
      models: { both: ['first/m', 'second/m'] },
    },
  });
  onTestFinished(async () => {
    await rig.close();
    await provider.close();
  });
  const response = await rig.post({ model: 'both', messages: [{ role: 'user', content: 'hi' }] });
  expect([response.status, asked]).toEqual([200, ['first', 'second']]);
  await response.text();
  await rig.records(1);
  expect(rig.requests[0]!.attempts).toMatchObject([{ provider: 'first', error: 'timeout' }, { provider: 'second' }]);
});
