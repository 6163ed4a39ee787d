import { expect, test } from 'vitest';
import { chat, streamingChat } from './calls.ts';
import { functionUrlEvent } from './event.ts';
import { useStage } from './setup.ts';

const stage = useStage();

const day = [
  chat('demo'),
  streamingChat('demo'),
  streamingChat('mock/break'),
  chat('mock/refuse-400'),
  { path: '/health' },
  streamingChat('mock/truncate'),
  chat('mock/hang-up'),
  streamingChat('demo'),
  { path: '/nowhere' },
  chat('demo'),
];

test('ten invocations one after another are answered by one process and leave nothing armed or open', async () => {
  const first = await stage.ask(chat('demo'));
  const armedBefore = await stage.sandbox.armedTimers();

  const statuses: number[] = [];
  for (const call of day) {
    const answer = await stage.ask(call);
    expect(answer.pid).toBe(first.pid);
    statuses.push(answer.status);
  }

  expect(statuses).toEqual([200, 200, 200, 400, 200, 200, 502, 200, 404, 200]);
  expect(await stage.sandbox.armedTimers()).toBeLessThanOrEqual(armedBefore);
});

test('a connection that the provider ended while the sandbox was frozen costs no request', async () => {
  await stage.ask(chat('demo'));
  stage.provider.expireConnections();
  const before = stage.provider.requests.length;
  const answer = await stage.ask(chat('demo'));
  expect(answer.status).toBe(200);
  expect(stage.provider.requests).toHaveLength(before + 1);
});

test('a start without its table says which setting is missing', async () => {
  const sandbox = await stage.otherSandbox({ SLUICE_TABLE: '' });
  const { ended } = sandbox.invoke({});
  await expect(ended).rejects.toThrow(/SLUICE_TABLE/);
});

test('a cold start answers, and its time is printed', async () => {
  const times: number[] = [];
  for (let run = 0; run < 5; run += 1) {
    const sandbox = await stage.otherSandbox({});
    const spawned = performance.now();
    const { status } = await sandbox.invoke(functionUrlEvent({ path: '/health' })).head;
    times.push(Math.round(performance.now() - spawned));
    await sandbox.stop();
    expect(status).toBe(200);
  }
  const [fastest, , median] = times.toSorted((one, other) => one - other);
  console.log(`Cold start, process spawned to first byte of /health: median ${median} ms, fastest ${fastest} ms.`);
});
