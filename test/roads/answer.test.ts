import { expect, test } from 'vitest';
import type { ChatReply } from '../../shared/chat/reply.ts';
import { checkDropped, replayed, wholeAnswer } from '../../shared/roads/answer.ts';
import { callOf } from '../support/calls.ts';
import { piecesOf } from '../support/streams.ts';
import { targetOf } from '../support/targets.ts';

const reply: ChatReply = {
  id: 'x',
  model: 'm',
  choices: [{ parts: [{ type: 'text', text: 'hello' }], finish: 'stop' }],
  usage: { input: 3, output: 4 },
};

const textOf = async (body: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> =>
  Buffer.concat(body instanceof Uint8Array ? [body] : await piecesOf(body)).toString();

test('a whole reply ends its attempt and is counted', async () => {
  const { call, account, written } = await callOf();
  const answer = wholeAnswer(call, call.account.open(targetOf('p/m')), reply);
  expect(answer.contentType).toBe('application/json');
  expect(JSON.parse(await textOf(answer.body))).toMatchObject({
    object: 'chat.completion',
    choices: [{ message: { content: 'hello' }, finish_reason: 'stop' }],
  });
  await account.settle();
  expect(written).toMatchObject([{ provider: 'p', usage: { input: 3, output: 4 }, finish: 'stop' }]);
});

test("the provider's own bytes are the answer where they are given", async () => {
  const { call } = await callOf();
  const bytes = Buffer.from('{"own":1}');
  expect(wholeAnswer(call, call.account.open(targetOf('p/m')), reply, bytes).body).toBe(bytes);
});

test('#12 a whole reply to a request for a stream is written as a stream, whatever bytes it came in', async () => {
  const { call } = await callOf({ stream: true });
  const answer = wholeAnswer(call, call.account.open(targetOf('p/m')), reply, Buffer.from('{}'));
  expect(answer.contentType).toBe('text/event-stream; charset=utf-8');
  const text = await textOf(answer.body);
  expect(text).toContain('"content":"hello"');
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  expect(text).toBe(await textOf(replayed(call, reply).body));
});

test('a field that was dropped is refused by its name, and only where the owner wants that', () => {
  expect(() => checkDropped(['seed', 'n'], { strictParams: true })).toThrow(
    expect.objectContaining({ kind: 'invalid_request', param: 'seed', code: 'unsupported_parameter' }),
  );
  expect(() => checkDropped(['seed'], { strictParams: false })).not.toThrow();
  expect(() => checkDropped([], { strictParams: true })).not.toThrow();
});
