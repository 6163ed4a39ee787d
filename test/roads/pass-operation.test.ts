import { expect, test } from 'vitest';
import { passOperation } from '../../shared/roads/pass-operation.ts';
import { callOf } from '../support/calls.ts';
import { targetOf } from '../support/targets.ts';
import { portsOf } from './stage.ts';

const operation = { path: '/sort', usageOf: () => ({ input: 0, output: 0, searches: 3 }) };

async function pass(reply: string, extra: Partial<typeof operation> | { usageOf: () => undefined } = {}) {
  const ports = portsOf(reply);
  const { call, account, written } = await callOf({ n: 1 });
  const answer = await passOperation(call, call.account.open(targetOf('p/real')), { ...operation, ...extra }, ports);
  await account.settle();
  return { answer, ports, record: written[0]! };
}

test('the bytes pass in both directions at the path of the operation, only the model is renamed', async () => {
  const text = '{"id":1917043659912705296}';
  const { answer, ports } = await pass(text);
  expect(answer).toEqual({ body: Buffer.from(text), contentType: 'application/json', dropped: [] });
  expect(ports.sent[0]).toMatchObject({ url: 'http://127.0.0.1:9/v1/sort' });
  expect(Buffer.from(ports.sent[0]!.body).toString()).toBe(
    '{"model":"real","messages":[{"role":"user","content":"hi"}],"n":1}',
  );
});

test('its usage is what the reply reports, else an estimate by the size of the request', async () => {
  expect((await pass('{}')).record.usage).toEqual({ input: 0, output: 0, searches: 3 });
  expect((await pass('{}', { usageOf: () => undefined })).record.usage).toEqual({
    input: 17,
    output: 0,
    estimated: true,
  });
});

test('a reply that is no object is a refusal, and nothing is counted', async () => {
  const { answer, record } = await pass('[]');
  expect(answer).toMatchObject({ refusal: { kind: 'upstream' } });
  expect(record).not.toHaveProperty('usage');
});
