import { expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import type { Answer } from '../../shared/roads/answer.ts';
import { forwardedHeaders, passThrough } from '../../shared/roads/pass-through.ts';
import { callOf } from '../support/calls.ts';
import { targetOf } from '../support/targets.ts';
import { chunk, portsOf, textOf, whole } from './stage.ts';

const target = targetOf('p/real');
const short = target.provider.dialect.short!;

async function pass(body: object, ...pieces: (string | Error)[]) {
  const ports = portsOf(...pieces);
  const { call, account, written } = await callOf({ unknown: { n: 1 }, ...body });
  const attempt = call.account.open(target);
  const answer = (await passThrough(call, attempt, short, ports)) as Answer;
  return { answer, ports, account, written };
}

test("the caller's bytes go with the model's name changed, and the provider's come back as they were", async () => {
  const { answer, ports, account, written } = await pass({}, whole);
  expect(Buffer.from(ports.sent[0]!.body).toString()).toBe(
    '{"model":"real","messages":[{"role":"user","content":"hi"}],"unknown":{"n":1}}',
  );
  expect(await textOf(answer.body)).toBe(whole);
  await account.settle();
  expect(written).toMatchObject([{ usage: { input: 3, output: 4 }, finish: 'stop' }]);
});

test('a stream passes as it came, also events that cannot be read, which are counted', async () => {
  const pieces = [chunk({ content: 'a' }), 'data: no\n\n', chunk({}, 'stop'), 'data: [DONE]\n\n'];
  const { answer, account, written } = await pass({ stream: true, stream_options: { include_usage: true } }, ...pieces);
  expect(await textOf(answer.body)).toBe(pieces.join(''));
  await account.settle();
  expect(written).toMatchObject([{ streamed: true, finish: 'stop', attempts: [{ unreadable: 1 }] }]);
});

test('events that come together pass as they came, however many, also those that were cut between two reads', async () => {
  const many = Array.from({ length: 60 }, (_, at) => chunk({ content: `${at}-${'x'.repeat(500)}` })).join('');
  const pieces = [many.slice(0, 20_100), many.slice(20_100), `${chunk({}, 'stop')}data: [DONE]\n\n`];
  const { answer } = await pass({ stream: true, stream_options: { include_usage: true } }, ...pieces);
  expect(await textOf(answer.body)).toBe(pieces.join(''));
});

test('a stream that breaks ends its attempt with the error', async () => {
  const broken = new GatewayError('timeout', 'Silent.');
  const { answer, account, written } = await pass({ stream: true }, chunk({ content: 'a' }), broken);
  await expect(textOf(answer.body)).rejects.toBe(broken);
  await account.settle();
  expect(written).toMatchObject([{ attempts: [{ error: 'timeout', usage: { estimated: true } }] }]);
});

test('a stream that says nothing, and a reply that is none, are refusals', async () => {
  expect((await pass({ stream: true }, 'data: [DONE]\n\n')).answer).toMatchObject({ refusal: { kind: 'upstream' } });
  expect((await pass({}, '[]')).answer).toMatchObject({ refusal: { kind: 'upstream' } });
});

test('only the headers that a dialect names go to its provider', () => {
  const headers = { 'x-a': '1', cookie: 'c', authorization: 'Bearer k', 'x-c-1': '2', 'x-c-': '3', 'x-c': '4' };
  const configured = { headers: {} };
  expect(forwardedHeaders(headers, { forwards: ['x-a', 'x-b', 'x-c-*'] }, configured)).toEqual({
    'x-a': '1',
    'x-c-1': '2',
    'x-c-': '3',
  });
});

test('a header that is only suggested yields to the one that the owner configured', () => {
  const short = { forwards: ['x-a'], suggests: ['x-b'] };
  const headers = { 'x-a': '1', 'x-b': '2' };
  expect(forwardedHeaders(headers, short, { headers: {} })).toEqual(headers);
  expect(forwardedHeaders(headers, short, { headers: { 'x-a': 'own', 'x-b': 'own' } })).toEqual({ 'x-a': '1' });
});

test('a value that no HTTP client can send stays behind, and the call goes on', () => {
  expect(forwardedHeaders({ 'x-a': 'né', 'x-b': '世界' }, { forwards: ['x-a', 'x-b'] }, { headers: {} })).toEqual({
    'x-a': 'né',
  });
});
