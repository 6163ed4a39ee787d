import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Asked,
  asksUsage,
  chunk,
  completion,
  sendJson,
  sleep,
  startProvider,
  startStream,
  type TestProvider,
  textStream,
} from '../support/provider.ts';
import { type Rig, startRig } from '../support/rig.ts';

/** The official SDK in front, a provider of bytes behind. */
let provider: TestProvider;
let rig: Rig;

const toolDeltas = [
  chunk({
    role: 'assistant',
    content: null,
    tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }],
  }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: '"Paris"}' } }] }),
  chunk({}, 'tool_calls'),
  'data: [DONE]\n\n',
];
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } };

async function script(asked: Asked, response: Parameters<Parameters<typeof startProvider>[0]>[1]): Promise<void> {
  const { body } = asked;
  if (body.stream !== true) {
    const message = { role: 'assistant', content: null, refusal: null, tool_calls: [call] };
    const called = { choices: [{ index: 0, message, logprobs: null, finish_reason: 'tool_calls' }] };
    return sendJson(response, 200, completion('Hello there', body.tools ? called : {}));
  }
  startStream(response);
  if (body.model === 'slow') {
    for (let n = 0; n < 500 && !response.destroyed; n += 1) {
      response.write(chunk({ role: 'assistant', content: `word ${n} ` }));
      await sleep(20);
    }
    return;
  }
  for (const text of body.tools ? toolDeltas : textStream(['Hel', 'lo ', '世界 🌍'], asksUsage(asked)))
    response.write(text);
  response.end();
}

beforeAll(async () => {
  provider = await startProvider(script);
  rig = await startRig({
    definition: {
      providers: { mock: { baseUrl: `${provider.url}/v1`, secret: 'MOCK_KEY' } },
      models: { fast: 'mock/fast-1', other: 'fast' },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

const messages = [{ role: 'user' as const, content: 'Hi' }];
const tools = [
  {
    type: 'function' as const,
    function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
];

describe('the official openai SDK', () => {
  test('gets a whole answer, from the model its alias stands for', async () => {
    const { data, response } = await rig.openai.chat.completions.create({ model: 'other', messages }).withResponse();
    expect(data.choices[0]?.message.content).toBe('Hello there');
    expect(data.usage?.total_tokens).toBe(18);
    expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
    const asked = provider.asked.at(-1)!;
    expect(asked.body.model).toBe('fast-1');
    expect(asked.path).toBe('/v1/chat/completions');
    expect(asked.headers.authorization).toBe('Bearer key-of-MOCK_KEY');
    expect(asked.headers['user-agent']).toBe('sluice');
    expect(Object.keys(asked.headers).filter((name) => name.startsWith('x-stainless'))).toEqual([]);
  });

  test('streams, with usage where it asks for it', async () => {
    const stream = await rig.openai.chat.completions.create({
      model: 'fast',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const piece of stream) chunks.push(piece);
    expect(chunks.map((piece) => piece.choices[0]?.delta.content ?? '').join('')).toBe('Hello 世界 🌍');
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage?.prompt_tokens).toBe(11);
  });

  test('#44 gets no usage chunk it did not ask for, though we asked for one', async () => {
    const stream = await rig.openai.chat.completions.create({ model: 'fast', messages, stream: true });
    const chunks = [];
    for await (const piece of stream) chunks.push(piece);
    expect(chunks.every((piece) => piece.choices.length === 1 && !piece.usage)).toBe(true);
    expect(asksUsage(provider.asked.at(-1)!)).toBe(true);
    await expect.poll(() => rig.requests.at(-1)?.usage).toEqual({ input: 11, output: 3 });
  });

  test('its stream helper gathers the answer', async () => {
    const helper = rig.openai.chat.completions.stream({ model: 'fast', messages });
    expect((await helper.finalChatCompletion()).choices[0]?.message.content).toBe('Hello 世界 🌍');
  });

  test('calls tools, whole and streamed, and sends their results', async () => {
    const whole = await rig.openai.chat.completions.create({ model: 'fast', messages, tools });
    expect(whole.choices[0]?.message.tool_calls).toEqual([call]);
    const helper = rig.openai.chat.completions.stream({ model: 'fast', messages, tools });
    const streamed = (await helper.finalChatCompletion()).choices[0]!;
    expect(streamed.finish_reason).toBe('tool_calls');
    expect(streamed.message.tool_calls?.[0]).toMatchObject(call);
    const answer = await rig.openai.chat.completions.create({
      model: 'fast',
      messages: [...messages, whole.choices[0]!.message, { role: 'tool', tool_call_id: 'call_1', content: '21 °C' }],
    });
    expect(answer.choices[0]?.message.content).toBe('Hello there');
    expect((provider.asked.at(-1)!.body.messages as unknown[]).at(-1)).toEqual({
      role: 'tool',
      tool_call_id: 'call_1',
      content: '21 °C',
    });
  });

  test('lists the models and finds one', async () => {
    const ids = [];
    for await (const model of rig.openai.models.list()) ids.push(model.id);
    expect(ids).toEqual(['fast', 'other']);
    expect(await rig.openai.models.retrieve('mock/any/name')).toMatchObject({
      id: 'mock/any/name',
      object: 'model',
      owned_by: 'mock',
    });
    await expect(rig.openai.models.retrieve('nope')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  test('#32 aborts half-way: the provider is let go within a second and what was used is recorded', async () => {
    const before = provider.left;
    const stream = await rig.openai.chat.completions.create({ model: 'mock/slow', messages, stream: true });
    let seen = 0;
    for await (const _ of stream) {
      seen += 1;
      if (seen === 5) break;
    }
    await expect.poll(() => provider.left, { timeout: 1000 }).toBe(before + 1);
    await expect.poll(() => rig.requests.at(-1)?.error).toBe('caller_left');
    const record = rig.requests.at(-1)!;
    expect(record).toMatchObject({ status: 499, streamed: true, provider: 'mock', model: 'slow' });
    expect(record.usage?.estimated).toBe(true);
    expect(record.usage?.output).toBeGreaterThan(5);
  });

  test('with a wrong key gets an AuthenticationError', async () => {
    const stranger = new OpenAI({ apiKey: 'sk-wrong', baseURL: `${rig.url}/v1`, maxRetries: 0 });
    await expect(stranger.chat.completions.create({ model: 'fast', messages })).rejects.toMatchObject({
      constructor: OpenAI.AuthenticationError,
      status: 401,
      code: 'invalid_api_key',
    });
  });

  test('with an unknown model gets a NotFoundError', async () => {
    await expect(rig.openai.chat.completions.create({ model: 'gpt-9', messages })).rejects.toMatchObject({
      constructor: OpenAI.NotFoundError,
      code: 'model_not_found',
    });
  });

  test('works without /v1 in its base URL too', async () => {
    const client = new OpenAI({ apiKey: 'sk-master-0123456789', baseURL: rig.url, maxRetries: 0 });
    expect((await client.chat.completions.create({ model: 'fast', messages })).choices[0]?.message.content).toBe(
      'Hello there',
    );
  });

  test('every request that reached the story is in the table', async () => {
    await expect.poll(() => rig.requests.length).toBeGreaterThan(5);
    const records = await rig.records(rig.requests.length);
    expect(new Set(records.map(({ requestId }) => requestId))).toEqual(
      new Set(rig.requests.map(({ requestId }) => requestId)),
    );
    const streamed = records.find(({ streamed, inputTokens }) => streamed && inputTokens === 11)!;
    expect(streamed).toMatchObject({
      caller: 'master',
      provider: 'mock',
      model: 'fast-1',
      status: 200,
      finish: 'stop',
      outputTokens: 3,
    });
    expect(streamed.ttl).toBeGreaterThan(Date.now() / 1000 + 29 * 86_400);
  });
});
