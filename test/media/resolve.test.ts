import dgram from 'node:dgram';
import { expect, onTestFinished, test } from 'vitest';
import { createResolve, createSystemResolve } from '../../shared/media/resolve.ts';

/** A name server that never answers. */
async function silentServer(): Promise<string> {
  const silent = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  return `127.0.0.1:${silent.address().port}`;
}

test('names whose servers are dead end by themselves, and hold up no other look-up', async () => {
  const resolve = createResolve({ servers: [await silentServer()], timeoutMs: 200 });
  const { signal } = new AbortController();
  const dead = Promise.all(Array.from({ length: 8 }, (_, n) => resolve(`dead-${n}.example`, signal)));
  const neighbour = createSystemResolve()('localhost', signal);
  const first = await Promise.race([dead.then(() => 'dead'), neighbour.then(() => 'neighbour')]);
  expect(first).toBe('neighbour');
  expect(await dead).toEqual(Array.from({ length: 8 }, () => []));
});

test('a look-up that is ended leaves nothing behind', async () => {
  const resolve = createResolve({ servers: [await silentServer()], timeoutMs: 60_000 });
  const controller = new AbortController();
  const asking = resolve('dead.example', controller.signal);
  controller.abort();
  expect(await asking).toEqual([]);
  await new Promise((done) => setImmediate(done));
  expect(process.getActiveResourcesInfo().filter((name) => name.includes('QUERY'))).toEqual([]);
  expect(await resolve('dead.example', AbortSignal.abort())).toEqual([]);
});
