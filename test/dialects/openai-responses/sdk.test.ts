import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../shared/chat/events.ts';
import { openaiResponsesClient } from '../../../shared/dialects/openai-responses/client/dialect.ts';
import { GatewayError } from '../../../shared/errors.ts';
import { type Loopback, startLoopback } from './loopback.ts';

/** The official client, over a socket: what it puts together of our streams is what was said. */
const start: ChatEvent = { type: 'start', id: 'chatcmpl-1', model: 'some-model', created: 1_700_000_000 };
const usage: ChatEvent = { type: 'usage', usage: { input: 10, output: 7, cacheRead: 4, reasoning: 3 } };
const thinkingPart: ChatEvent[] = [
  { type: 'thinking', text: 'Let me ' },
  { type: 'thinking', text: 'see.' },
  { type: 'signature', signature: { issuer: 'anthropic', value: 'EmwKAhgB' } },
];
const calls: ChatEvent[] = [
  { type: 'tool-call', index: 0, id: 'call_a', name: 'weather' },
  { type: 'tool-call', index: 1, id: 'call_b', name: 'weather' },
  { type: 'tool-arguments', index: 1, text: '{"city":' },
  { type: 'tool-arguments', index: 0, text: '{"city":"Köln"}' },
  { type: 'tool-arguments', index: 1, text: '"世界"}' },
];
const scripts: Record<string, ChatEvent[]> = {
  words: [
    start,
    { type: 'text', text: 'Grüße ' },
    { type: 'text', text: '世界 👋' },
    { type: 'finish', reason: 'stop' },
    usage,
  ],
  turn: [
    start,
    ...thinkingPart,
    { type: 'text', text: 'I ask.' },
    ...calls,
    usage,
    { type: 'finish', reason: 'tool-calls' },
  ],
  after: [start, ...calls.slice(0, 1), { type: 'text', text: 'after' }, { type: 'finish', reason: 'tool-calls' }],
  same: [
    start,
    { type: 'tool-call', index: 0, id: '', name: 'f' },
    { type: 'tool-call', index: 1, id: 'x', name: 'f' },
    { type: 'tool-call', index: 2, id: 'x', name: 'f' },
    { type: 'finish', reason: 'tool-calls' },
  ],
  custom: [
    start,
    { type: 'tool-call', index: 0, id: 'call_c', name: 'patch', kind: 'custom' },
    { type: 'tool-arguments', index: 0, text: '*** Begin' },
    { type: 'finish', reason: 'tool-calls' },
  ],
  refusal: [
    start,
    { type: 'refusal', text: 'I will ' },
    { type: 'refusal', text: 'not.' },
    { type: 'finish', reason: 'refused' },
  ],
  cited: [
    start,
    { type: 'text', text: 'See X.' },
    { type: 'citation', citation: { url: 'https://x.example', title: 'X', start: 4, end: 5 } },
    { type: 'finish', reason: 'stop' },
  ],
  cut: [start, { type: 'text', text: 'half' }, { type: 'finish', reason: 'length' }, usage],
  drawn: [
    start,
    { type: 'media', media: 'image', mediaType: 'image/png', data: 'iVBORw0=' },
    { type: 'text', text: 'Here.' },
    { type: 'finish', reason: 'stop' },
  ],
  silent: [start, { type: 'finish', reason: 'stop' }],
  json: [start, { type: 'text', text: '{"n":1}' }, { type: 'finish', reason: 'stop' }],
  broken: [
    start,
    { type: 'text', text: 'half' },
    { type: 'error', error: new GatewayError('rate_limited', 'Slow down.', { status: 429 }) },
  ],
};

let loopback: Loopback;
beforeAll(async () => {
  loopback = await startLoopback(openaiResponsesClient, ({ model }) => scripts[model]!);
});
afterAll(() => loopback.close());

const streamed = (model: string, extra: object = {}) =>
  loopback.client.responses.stream({ model, input: 'hi', ...extra }).finalResponse();
const whole = (model: string, extra: object = {}) =>
  loopback.client.responses.create({ model, input: 'hi', ...extra }) as Promise<OpenAI.Responses.Response>;

describe('the official client', () => {
  test.each(Object.keys(scripts).filter((name) => name !== 'broken'))(
    '#93 puts the stream of %s together to what the whole reply says',
    async (model) => {
      const given: number[] = [];
      const stream = loopback.client.responses.stream({ model, input: 'hi' });
      stream.on('event', ({ sequence_number: number }) => void given.push(number));
      const final = await stream.finalResponse();
      expect(given).toEqual(given.map((_, position) => position));
      const { id: _, parsed: __, ...reply } = JSON.parse(JSON.stringify(await whole(model)));
      const plain = JSON.parse(JSON.stringify(final), (key, value) =>
        key === 'parsed' || key === 'parsed_arguments' || key === 'output_parsed' ? undefined : value,
      );
      const withoutRequestId = (text: string) => text.replaceAll(/_q\d+/g, '_q');
      expect(withoutRequestId(JSON.stringify(plain.output))).toBe(withoutRequestId(JSON.stringify(reply.output)));
      expect(plain).toMatchObject({ status: reply.status, usage: reply.usage, model: 'some-model' });
      expect(plain.id).toMatch(/^resp_q\d+$/);
    },
  );

  test('#13 parallel calls whose arguments come mixed are whole', async () => {
    const { output } = await streamed('turn');
    expect(output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call', 'function_call']);
    expect(output.slice(2)).toMatchObject([
      { call_id: 'call_a', name: 'weather', arguments: '{"city":"Köln"}', status: 'completed' },
      { call_id: 'call_b', arguments: '{"city":"世界"}' },
    ]);
  });

  test('#17 a call without arguments has an empty object of them', async () => {
    expect((await streamed('after')).output[0]).toMatchObject({ type: 'function_call', arguments: '{}' });
  });

  test('#22 words after a call are another item', async () => {
    expect((await streamed('after')).output.map(({ type }) => type)).toEqual(['function_call', 'message']);
  });

  test('#76 empty and equal ids of calls are made different', async () => {
    const ids = (await streamed('same')).output.flatMap((item) =>
      item.type === 'function_call' ? [item.call_id] : [],
    );
    expect(new Set(ids).size).toBe(3);
    expect(ids[1]).toBe('x');
  });

  test('a refusal is an answer', async () => {
    const { output, status } = await streamed('refusal');
    expect(status).toBe('completed');
    expect(output).toMatchObject([{ content: [{ type: 'refusal', refusal: 'I will not.' }] }]);
  });

  test('#38 #46 an answer that was cut off is incomplete, with its counts', async () => {
    expect(await streamed('cut')).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete', content: [{ text: 'half' }] }],
      usage: { input_tokens: 10, output_tokens: 7 },
      completed_at: null,
    });
  });

  test('#45 the counts always have their details', async () => {
    expect((await whole('words')).usage).toEqual({
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 17,
    });
  });

  test('plain iteration sees every delta in order', async () => {
    const stream = await loopback.client.responses.create({ model: 'words', input: 'hi', stream: true });
    const types: string[] = [];
    let text = '';
    for await (const event of stream) {
      types.push(event.type);
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    expect(text).toBe('Grüße 世界 👋');
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  test('#30 an error amid the stream is raised, with its code', async () => {
    const failure = expect.objectContaining({
      code: 'rate_limit_exceeded',
      message: expect.stringContaining('Slow down.'),
    });
    await expect(streamed('broken')).rejects.toEqual(failure);
    const stream = await loopback.client.responses.create({ model: 'broken', input: 'hi', stream: true });
    await expect(
      (async () => {
        for await (const _ of stream);
      })(),
    ).rejects.toEqual(failure);
  });

  test('what was asked is said again, and that nothing is stored', async () => {
    const tools = [{ type: 'function' as const, name: 'f', parameters: { type: 'object' }, strict: false }];
    const asked = {
      instructions: 'Be brief.',
      tools,
      metadata: { a: 'b' },
      temperature: 0.5,
      reasoning: { effort: 'low' },
      max_output_tokens: 99,
    };
    const response = await whole('words', { ...asked, store: true });
    expect(response).toMatchObject({
      ...asked,
      store: false,
      previous_response_id: null,
      text: { format: { type: 'text' } },
    });
    expect(response.output_text).toBe('Grüße 世界 👋');
    expect(await streamed('words', asked)).toMatchObject({ instructions: 'Be brief.', metadata: { a: 'b' } });
  });

  test('an answer held to a schema is parsed', async () => {
    const schema = { type: 'object', properties: { n: { type: 'number' } } };
    const parsed = await loopback.client.responses.parse({
      model: 'json',
      input: 'hi',
      text: { format: { type: 'json_schema', name: 's', schema, strict: true } },
    });
    expect(parsed.output_parsed).toEqual({ n: 1 });
    expect(loopback.asked().format).toEqual({ type: 'json-schema', name: 's', schema, strict: true });
  });

  test('#77 the output sent back as input brings back calls, text and another vendor’s signature', async () => {
    const { output } = await streamed('turn');
    const results = output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ type: 'function_call_output' as const, call_id: item.call_id, output: 'sun' }]
        : [],
    );
    await loopback.client.responses.create({
      model: 'words',
      input: [{ role: 'user', content: 'hi' }, ...(output as OpenAI.Responses.ResponseInputItem[]), ...results],
    });
    expect(loopback.asked().messages).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'thinking', text: 'Let me see.', signature: { issuer: 'anthropic', value: 'EmwKAhgB' } },
          { type: 'text', text: 'I ask.' },
          { type: 'tool-call', id: 'call_a', name: 'weather', arguments: '{"city":"Köln"}' },
          { type: 'tool-call', id: 'call_b', name: 'weather', arguments: '{"city":"世界"}' },
        ],
      },
      {
        role: 'tool',
        results: [
          { callId: 'call_a', parts: [{ type: 'text', text: 'sun' }] },
          { callId: 'call_b', parts: [{ type: 'text', text: 'sun' }] },
        ],
      },
    ]);
  });
});
