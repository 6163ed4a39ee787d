import { expect, test } from 'vitest';
import { chat, streamingChat } from './calls.ts';
import { useStage } from './setup.ts';

const stage = useStage();

test.each([
  ['a reply', chat('demo'), 200],
  ['a stream', streamingChat('demo'), 200],
  ['a stream that broke', streamingChat('mock/break'), 200],
  ['a refusal', chat('mock/refuse-400'), 400],
])('%s leaves one usage record before the sandbox is frozen', async (_, call, status) => {
  const before = await stage.table.usageRecords();
  const answer = await stage.ask(call);
  expect(answer.status).toBe(status);
  // The process sleeps since its answer ended: what is not in the table by now may never come.
  expect(stage.table.unansweredCalls()).toBe(0);
  expect(await stage.table.usageRecords()).toHaveLength(before.length + 1);
});

test.each([
  ['a reply', chat('demo')],
  ['a stream', streamingChat('demo')],
  ['a stream whose caller did not ask for usage', chat('demo', { stream: true })],
])('the record of %s counts the tokens that the provider counted', async (_, call) => {
  const before = await stage.table.usageRecords();
  await stage.ask(call);
  const record = newest(before, await stage.table.usageRecords());
  expect(Object.values(record)).toContainEqual({ N: '1117' });
  expect(Object.values(record)).toContainEqual({ N: '733' });
});

test('usage that only the gateway asked for is not shown to the caller', async () => {
  const answer = await stage.ask(chat('demo', { stream: true }));
  expect(answer.text).not.toContain('1117');
});

test('the owner is served while the table is down', async () => {
  stage.table.unplug();
  const answer = await stage.ask(chat('demo'));
  stage.table.plugIn();
  expect(answer.status).toBe(200);
});

type RecordOfUsage = Awaited<ReturnType<typeof stage.table.usageRecords>>[number];

function newest(before: RecordOfUsage[], after: RecordOfUsage[]): RecordOfUsage {
  const known = new Set(before.map(({ sk }) => sk?.S));
  const [record] = after.filter(({ sk }) => !known.has(sk?.S));
  if (!record) throw new Error('There is no new usage record.');
  return record;
}
