import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../shared/chat/events.ts';
import { collectReply } from '../../../shared/chat/reply.ts';
import { openaiCompletionsClient as client } from '../../../shared/dialects/openai-completions/client/dialect.ts';
import { streamWriter } from '../../../shared/dialects/openai-completions/client/write-stream.ts';
import { GatewayError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/http/json.ts';
import { type Loopback, startLoopback } from '../openai-responses/loopback.ts';

const start: ChatEvent = { type: 'start', id: 'chatcmpl-1', model: 'some-model', created: 1_700_000_000 };
const usage: ChatEvent = { type: 'usage', usage: { input: 3, output: 4, reasoning: 1, cacheRead: 2 } };
const token = (text: string, logprob: number) => ({
  token: text,
  logprob,
  bytes: null,
  top_logprobs: [{ token: text, logprob }],
});
const scripts: Record<string, ChatEvent[]> = {
  words: [
    start,
    { type: 'thinking', text: 'hidden' },
    { type: 'text', text: ' a 世界' },
    { type: 'part-end' },
    { type: 'text', text: ' 👋' },
    usage,
    { type: 'finish', reason: 'length' },
  ],
  two: [
    start,
    { type: 'text', text: 'first' },
    { type: 'text', text: 'second', choice: 1 },
    { type: 'finish', reason: 'stop' },
    { type: 'finish', reason: 'refused', choice: 1 },
  ],
  likely: [
    start,
    { type: 'text', text: 'ab' },
    { type: 'logprobs', logprobs: { content: [token('a', -0.5)] } },
    { type: 'logprobs', logprobs: { content: [token('b', Number.NEGATIVE_INFINITY)] } },
    { type: 'finish', reason: 'stop' },
  ],
  broken: [start, { type: 'text', text: 'x' }, { type: 'error', error: new GatewayError('upstream', 'It broke off.') }],
};

let loopback: Loopback;
beforeAll(async () => {
  loopback = await startLoopback(client, ({ model }) => scripts[model]!);
});
afterAll(() => loopback.close());

const create = (model: string, extra: object = {}) =>
  loopback.client.completions.create({ model, prompt: 'Once', ...extra, stream: false });

async function stream(model: string, extra: object = {}) {
  const chunks = [];
  for await (const chunk of await loopback.client.completions.create({
    model,
    prompt: 'Once',
    ...extra,
    stream: true,
  })) {
    chunks.push(chunk);
  }
  return chunks;
}

describe('the official client', () => {
  test('#38 reads a whole reply: text, reason, counts', async () => {
    expect(await create('words')).toMatchObject({
      id: 'cmpl-q1',
      object: 'text_completion',
      created: 1_700_000_000,
      model: 'some-model',
      choices: [{ index: 0, text: ' a 世界 👋', logprobs: null, finish_reason: 'length' }],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 4,
        total_tokens: 7,
        prompt_tokens_details: { cached_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    });
  });

  test.each([[{}], [{ echo: true }]])('a stream says what the whole reply says: %j', async (extra) => {
    const whole = await create('words', extra);
    const chunks = await stream('words', { ...extra, stream_options: { include_usage: true } });
    expect(chunks.map(({ choices }) => choices[0]?.text ?? '').join('')).toBe(whole.choices[0]?.text);
    const given = chunks.flatMap(({ choices }) => choices);
    expect(given.map(({ finish_reason: reason }) => reason)).toEqual([...given.slice(1).map(() => null), 'length']);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(new Set(chunks.map(({ id, object, created }) => `${id} ${object} ${created}`)).size).toBe(1);
  });

  test('#44 without being asked a stream holds no counts', async () => {
    expect(JSON.stringify(await stream('words'))).not.toContain('usage');
  });

  test('echo gives the prompt back before the answer, before each of several', async () => {
    expect((await create('two', { echo: true, n: 2 })).choices.map(({ text }) => text)).toEqual([
      'Oncefirst',
      'Oncesecond',
    ]);
    const chunks = (await stream('two', { echo: true, n: 2 })).flatMap(({ choices }) => choices);
    for (const [index, expected] of ['Oncefirst', 'Oncesecond'].entries()) {
      const own = chunks.filter((choice) => choice.index === index);
      expect(own.map(({ text }) => text).join('')).toBe(expected);
      expect(own.at(-1)?.finish_reason).toBe(['stop', 'content_filter'][index]);
    }
  });

  test('#87 several answers keep their places', async () => {
    expect((await create('two', { n: 2 })).choices).toMatchObject([
      { index: 0, text: 'first', finish_reason: 'stop' },
      { index: 1, text: 'second', finish_reason: 'content_filter' },
    ]);
  });

  test('#89 log probabilities come in the old lists, and infinities as numbers', async () => {
    const expected = {
      tokens: ['a', 'b'],
      token_logprobs: [-0.5, -9999],
      top_logprobs: [{ a: -0.5 }, { b: -9999 }],
      text_offset: [0, 1],
    };
    expect((await create('likely', { logprobs: 1 })).choices[0]?.logprobs).toEqual(expected);
    const given = (await stream('likely', { logprobs: 1 })).flatMap(({ choices }) => choices[0]?.logprobs ?? []);
    expect(given.flatMap(({ text_offset: offsets }) => offsets)).toEqual([0, 1]);
  });

  test('#30 an error amid the stream is raised', async () => {
    await expect(stream('broken')).rejects.toMatchObject({ message: expect.stringContaining('It broke off.') });
  });

  test('several prompts are a 400 that names them', async () => {
    await expect(create('words', { prompt: ['a', 'b'] })).rejects.toMatchObject({ status: 400, param: 'prompt' });
  });
});

describe('the writer', () => {
  const context = { id: 'q', model: 'm', now: 1 };
  const written = (events: readonly ChatEvent[]): string => {
    const writer = streamWriter({ streamUsage: false }, context);
    return events.map((event) => writer.write(event)).join('') + writer.end();
  };

  test('any answer is a run of chunks, one reason a choice, and [DONE] at the end', () => {
    const event = fc.oneof(
      fc.record({ type: fc.constant('text' as const), text: fc.string({ unit: 'grapheme' }) }),
      fc.record({ type: fc.constant('thinking' as const), text: fc.string() }),
      fc.constant({ type: 'tool-call' as const, index: 0, id: 'c', name: 'f' }),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const given: ChatEvent[] = [start, ...events, { type: 'finish', reason: 'stop' }];
        const frames = written(given).split('\n\n').slice(0, -1);
        expect(frames.pop()).toBe('data: [DONE]');
        const chunks: JsonObject[] = frames.map((frame) => JSON.parse(frame.slice('data: '.length)));
        const choices = chunks.map((chunk) => (chunk.choices as JsonObject[])[0]!);
        const whole = client.writeReply(collectReply(given), context).choices as JsonObject[];
        expect(choices.map(({ text }) => text).join('')).toBe(whole[0]!.text);
        expect(choices.filter(({ finish_reason: reason }) => reason !== null)).toHaveLength(1);
      }),
      { numRuns: 100 },
    );
  });

  test('#27 #30 an error is the last event, and [DONE] does not follow it', () => {
    const given = client.errorEvent(new GatewayError('rate_limited', 'Slow down.'), 'req_1');
    expect(given).toBe(
      'data: {"error":{"message":"Slow down.","type":"requests","param":null,"code":"rate_limit_exceeded"}}\n\n',
    );
  });
});
