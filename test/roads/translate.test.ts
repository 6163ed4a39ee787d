import { expect, test } from 'vitest';
import { anthropicClient } from '../../shared/dialects/anthropic/client/dialect.ts';
import { GatewayError } from '../../shared/errors.ts';
import type { Answer } from '../../shared/roads/answer.ts';
import { translate } from '../../shared/roads/translate.ts';
import { cutStop } from '../../shared/transforms/cut-stop.ts';
import { callOf } from '../support/calls.ts';
import { targetOf } from '../support/targets.ts';
import { chunk, portsOf, textOf, whole } from './stage.ts';

async function ask(body: object, pieces: (string | Error)[], extra: object = {}) {
  const ports = portsOf(...pieces);
  const { call, account, written } = await callOf({ max_tokens: 9, ...body }, anthropicClient);
  const attempt = call.account.open(targetOf('p/real'));
  const answer = (await translate(
    call,
    attempt,
    { request: call.request(), changes: {}, weakened: [], ...extra },
    ports,
  )) as Answer;
  return { answer, ports, account, written };
}

test("a request is written in the provider's dialect, and its reply in the caller's", async () => {
  const { answer, ports, account, written } = await ask({ top_k: 5 }, [whole]);
  expect(JSON.parse(Buffer.from(ports.sent[0]!.body).toString())).toMatchObject({ model: 'real' });
  expect(JSON.parse(await textOf(answer.body))).toMatchObject({
    type: 'message',
    content: [{ type: 'text', text: 'hello' }],
    stop_reason: 'end_turn',
  });
  await account.settle();
  expect(written).toMatchObject([{ dialect: 'anthropic', provider: 'p', usage: { input: 3, output: 4 } }]);
});

test('a stream is read and written again event by event', async () => {
  const { answer, account, written } = await ask({ stream: true }, [
    chunk({ content: 'a' }),
    chunk({}, 'stop'),
    'data: [DONE]\n\n',
  ]);
  const text = await textOf(answer.body);
  expect(text).toContain('event: message_start');
  expect(text).toContain('"text":"a"');
  expect(text.trimEnd().endsWith('data: {"type":"message_stop"}')).toBe(true);
  await account.settle();
  expect(written).toMatchObject([{ finish: 'stop', usage: { estimated: true } }]);
});

test('an event that cannot be read ends the stream: it cannot be translated', async () => {
  const { answer } = await ask({ stream: true }, [chunk({ content: 'a' }), 'data: no\n\n']);
  await expect(textOf(answer.body)).rejects.toMatchObject({ kind: 'upstream' });
});

test('a stream that breaks has no end that looks well', async () => {
  const broken = new GatewayError('timeout', 'Silent.');
  const { answer, account, written } = await ask({ stream: true }, [chunk({ content: 'a' }), broken]);
  await expect(textOf(answer.body)).rejects.toBe(broken);
  await account.settle();
  expect(written).toMatchObject([{ attempts: [{ error: 'timeout' }] }]);
});

test('a filter of the answer mends a whole reply and a stream alike', async () => {
  const reply = await ask({}, [whole], { filter: cutStop(['lo']) });
  expect(JSON.parse(await textOf(reply.answer.body))).toMatchObject({ content: [{ text: 'hel' }] });
  const stream = await ask({ stream: true }, [chunk({ content: 'hello' }), chunk({}, 'stop')], {
    filter: cutStop(['lo']),
  });
  expect(await textOf(stream.answer.body)).toContain('"text":"hel"');
});

test('what is weakened is refused where the owner wants no field lost', async () => {
  const { call } = await callOf({ max_tokens: 9 }, anthropicClient);
  const usual = portsOf(whole);
  const ports = { ...usual, config: { ...usual.config, strictParams: true } };
  const changed = { request: call.request(), changes: {}, weakened: ['tool_choice'] };
  await expect(translate(call, call.account.open(targetOf('p/m')), changed, ports)).rejects.toMatchObject({
    param: 'tool_choice',
  });
});
