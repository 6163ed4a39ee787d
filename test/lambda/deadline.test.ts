import { expect, test } from 'vitest';
import { lastEvent } from './answer.ts';
import { chat, streamingChat } from './calls.ts';
import { functionUrlEvent } from './event.ts';
import { useStage } from './setup.ts';

const stage = useStage();

/** Lambda's own time limit: past it the process is killed and the answer lost, which fails the test. */
const timeoutMs = 4_000;

test.each([
  ['a reply', chat('mock/silent')],
  ['a stream', streamingChat('mock/silent')],
])("a provider that sends nothing is given up before Lambda's own time limit (%s)", async (_, call) => {
  const answer = await stage.ask(call, timeoutMs);
  expect(answer.status).toBe(504);
  expect(JSON.parse(answer.text)).toMatchObject({ error: { message: expect.stringMatching(/\w+/) } });
});

test('a provider that falls silent inside its stream is reported there, in time', async () => {
  const before = await stage.table.usageRecords();
  const answer = await stage.ask(streamingChat('mock/stall'), timeoutMs);
  expect(lastEvent(answer.text)).toMatchObject({ error: { message: expect.stringMatching(/\w+/) } });
  expect(await stage.table.usageRecords()).toHaveLength(before.length + 1);
});

test('the process that gave a provider up answers the next request', async () => {
  const late = await stage.ask(streamingChat('mock/silent'), timeoutMs);
  const next = await stage.ask(chat('demo'));
  expect([next.status, next.pid]).toEqual([200, late.pid]);
});

test('a caller who stops reading is recorded before the time limit of the function', async () => {
  const before = await stage.table.usageRecords();
  const call = stage.send(streamingChat('mock/flood'), timeoutMs);
  await call.head;
  call.pause();
  await expect.poll(() => stage.table.usageRecords(), { timeout: timeoutMs }).toHaveLength(before.length + 1);
  call.resume();
  await call.ended;
});

test('a start whose secrets are late is refused in time, and nothing of it goes on in the next request', async () => {
  const sandbox = await stage.otherSandbox({});
  const [asked, records] = [stage.provider.requests.length, await stage.table.usageRecords()];
  stage.secrets.hold();
  const late = await sandbox.invoke(functionUrlEvent(chat('demo')), timeoutMs).ended;
  stage.secrets.release();
  expect([late.status, JSON.parse(late.text)]).toMatchObject([504, { error: { message: expect.any(String) } }]);

  const next = await sandbox.invoke(functionUrlEvent(chat('demo')), timeoutMs).ended;
  expect([next.status, next.pid]).toEqual([200, late.pid]);
  expect(stage.provider.requests).toHaveLength(asked + 1);
  expect(await stage.table.usageRecords()).toHaveLength(records.length + 1);
  const armed = await sandbox.armedTimers();
  expect((await sandbox.invoke(functionUrlEvent(chat('demo')), timeoutMs).ended).status).toBe(200);
  expect(await sandbox.armedTimers()).toBeLessThanOrEqual(armed);
});
