import { expect, test } from 'vitest';
import { readEmbeddingsRequest } from '../../shared/dialects/openai-chat/client/embeddings.ts';
import { askEmbeddings } from '../../shared/roads/ask-embeddings.ts';
import { callOf } from '../support/calls.ts';
import { targetOf } from '../support/targets.ts';
import { portsOf } from './stage.ts';

/** Asks for the vectors of these texts, so many in a call; each call is answered with as many vectors of its usage. */
async function ask(
  input: string[],
  { batch = 10, usage = true, json = (count: number): unknown => vectorsOf(count, usage) } = {},
) {
  const ports = portsOf('{}');
  const send: typeof ports.send = async (call) => {
    const { input: texts } = JSON.parse(Buffer.from(call.body).toString());
    const count = Array.isArray(texts) ? texts.length : 1;
    const own = portsOf(JSON.stringify(json(count)));
    ports.sent.push(call);
    return own.send(call);
  };
  const { call, account, written } = await callOf({ input, encoding_format: 'float' });
  const target = targetOf('p/v', { traits: { embeddingsBatch: batch } });
  const request = readEmbeddingsRequest(call.body.value);
  const attempt = call.account.open(target);
  const answer = await askEmbeddings(
    { call, attempt, request, dialect: target.provider.dialect.embeddings! },
    { ...ports, send },
  );
  await account.settle();
  return { answer, sent: ports.sent, record: written[0]! };
}

const vectorsOf = (count: number, usage: boolean) => ({
  object: 'list',
  model: 'v',
  data: Array.from({ length: count }, (_, index) => ({ object: 'embedding', index, embedding: [index] })),
  ...(usage ? { usage: { prompt_tokens: 5, total_tokens: 5 } } : {}),
});

test("one call's bytes pass where they are as they were asked for", async () => {
  const { answer, record } = await ask(['a', 'b']);
  expect('answer' in answer && 'bytes' in answer.answer).toBe(true);
  expect(record.usage).toEqual({ input: 5, output: 0 });
});

test('inputs that are too many for one call are asked in several, joined in order, and their usage adds up', async () => {
  const { answer, sent, record } = await ask(['a', 'b', 'c', 'd', 'e'], { batch: 2 });
  expect(sent).toHaveLength(3);
  expect(answer).toMatchObject({ answer: { reply: { vectors: [[0], [1], [0], [1], [0]], usage: { input: 15 } } } });
  expect(record.usage).toEqual({ input: 15, output: 0 });
});

test('usage that is not reported is estimated by the texts', async () => {
  const { record } = await ask(['abcdefgh'], { usage: false });
  expect(record.usage).toEqual({ input: 2, output: 0, estimated: true });
});

test.each([1, 2])('the sum of several calls is an estimate where only call %d has no usage', async (unreported) => {
  let calls = 0;
  const json = (count: number) => {
    calls += 1;
    return vectorsOf(count, calls !== unreported);
  };
  const { answer, record } = await ask(['abcdefgh', 'ijklmnop'], { batch: 1, json });
  expect(record.usage).toEqual({ input: 7, output: 0, estimated: true });
  expect(answer).toMatchObject({ answer: { reply: { usage: { input: 7, estimated: true } } } });
});

test('a reply with too few vectors is a refusal', async () => {
  const { answer } = await ask(['a', 'b'], { json: () => vectorsOf(1, true) });
  expect(answer).toMatchObject({ refusal: { kind: 'upstream' } });
});
