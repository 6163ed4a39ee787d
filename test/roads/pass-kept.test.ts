import { expect, test } from 'vitest';
import type { KeptResponse } from '../../shared/call/kept-response.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { isRefusal } from '../../shared/errors.ts';
import { passKept } from '../../shared/roads/pass-kept.ts';
import { completed, created, message, messageEvents, response, sse } from '../dialects/openai-responses/wire.ts';
import { callOf } from '../support/calls.ts';
import { portsOf, textOf } from './stage.ts';

const kept: KeptResponse = { id: 'resp_67ccd2be', caller: 'master', provider: 'p', model: 'm', isPending: true };
const providers = { p: { preset: 'openai-responses', baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } };
const [target] = loadCatalog({ providers }).resolve('p/m')!;
const stream = sse([created, ...messageEvents(['Hi'], 0), completed([message('Hi')])]);

async function pass(
  reply: string | readonly (string | Error)[],
  { note = kept, query = '', method = 'GET' as const } = {},
) {
  const ports = portsOf(...(typeof reply === 'string' ? [reply] : reply));
  await ports.kept.write(note);
  const { call, account, written } = await callOf({});
  const dialect = target!.provider.dialect.kept!;
  const path = `${dialect.path(note.id)}${query}`;
  const attempt = call.account.open(target!);
  const answer = await passKept(call, attempt, { kept: note, dialect, path, method }, ports);
  const text = isRefusal(answer) ? undefined : await textOf(answer.body).catch((thrown: Error) => thrown.message);
  await account.settle();
  return { answer, text, ports, usage: written[0]?.usage };
}

test('the provider is asked without a body, and its bytes come back', async () => {
  const reply = JSON.stringify(response({ output: [message('Hi')], own: 1 }));
  const { text, ports, usage } = await pass(reply);
  expect(text).toBe(reply);
  expect(ports.sent[0]).toMatchObject({ method: 'GET', url: 'http://127.0.0.1:9/v1/responses/resp_67ccd2be' });
  expect(ports.sent[0]!.body.byteLength).toBe(0);
  expect(usage).toMatchObject({ input: 36, output: 87 });
  expect(await ports.kept.find(kept.id)).toMatchObject({ isPending: false });
});

test.each([
  ['that is still being made', response({ status: 'in_progress', usage: null }), kept],
  ['that was counted before', response(), { ...kept, isPending: false }],
  ['of which only a part is listed', { object: 'list', data: [] }, kept],
])('nothing is counted for an answer %s', async (_, reply, note) => {
  expect((await pass(JSON.stringify(reply), { note })).usage).toBeUndefined();
});

test('one that failed without a count is over, and counts nothing', async () => {
  const { usage, ports } = await pass(JSON.stringify(response({ status: 'failed', usage: null })));
  expect(usage).toEqual({ input: 0, output: 0, estimated: true });
  expect(await ports.kept.find(kept.id)).toMatchObject({ isPending: false });
});

test('a stream passes as it comes and is counted at its end', async () => {
  const { text, usage } = await pass([stream], { query: '?stream=true' });
  expect(text).toBe(stream);
  expect(usage).toMatchObject({ output: 87 });
  expect((await pass([stream], { query: '?stream=true', note: { ...kept, isPending: false } })).usage).toBeUndefined();
});

test('a stream that breaks off is an error and counts what was seen', async () => {
  const cut = [sse([created, ...messageEvents(['Hi'], 0)]), new Error('gone')];
  const { text, usage } = await pass(cut, { query: '?stream=true' });
  expect(text).toMatch(/gone|broke off/);
  expect(usage).toMatchObject({ output: 1, estimated: true });
});

test('a reply that is no object is a refusal', async () => {
  expect((await pass('[]')).answer).toMatchObject({ refusal: { kind: 'upstream' } });
});
