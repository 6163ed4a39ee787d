import Anthropic from '@anthropic-ai/sdk';
import { LLMock } from '@copilotkit/aimock';
import OldAnthropic from 'anthropic-sdk-0';
import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../shared/http/json.ts';
import { chunk, sendJson, startProvider, type TestProvider, usageChunk } from '../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';
import { block, messageEnd, messageStart, parseSse, ping, text } from './reading.ts';

/** Both sides over sockets: aimock's Messages and scripted bytes as Anthropic, scripted bytes as OpenAI. */
const mock = new LLMock({ port: 0 });
let vendor: TestProvider;
let openai: TestProvider;
let rig: Rig;

const error = (type: string, message: string) => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_upstream',
});

const streams: Record<string, string> = {
  signed:
    messageStart({ input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 }) +
    ping +
    block(0, { type: 'thinking', thinking: '', signature: '' }, { type: 'signature_delta', signature: 'SIGNED' }) +
    text(1, 'Hi') +
    messageEnd(),
  broken: messageStart() + text(0, 'Hel'),
  failing: `${messageStart() + text(0, 'Hel')}event: error\ndata: ${JSON.stringify(error('overloaded_error', 'Overloaded'))}\n\n`,
  empty: '',
};

beforeAll(async () => {
  mock.onMessage('hello', { content: 'Hello from Messages, 世界 🌍', usage: { input_tokens: 21, output_tokens: 9 } });
  mock.onMessage('weather', {
    toolCalls: [
      { name: 'weather', arguments: '{"city":"Paris"}', id: 'toolu_1' },
      { name: 'weather', arguments: '{"city":"Rome"}', id: 'toolu_2' },
    ],
  });
  mock.onMessage('think', { content: 'Yes.', reasoning: 'Let me see.' });
  await mock.start();
  vendor = await startProvider(({ body, path }, response) => {
    const model = String(body.model);
    if (path.endsWith('/count_tokens')) return sendJson(response, 200, { input_tokens: 4711 });
    if (model === 'denied')
      return sendJson(response, 401, error('authentication_error', 'invalid x-api-key sk-ant-0123456789'));
    if (model === 'limited')
      return sendJson(response, 429, error('rate_limit_error', 'Slow down'), { 'retry-after': '7' });
    if (model === 'busy') return sendJson(response, 529, error('overloaded_error', 'Overloaded'));
    if (model === 'wrong') return sendJson(response, 400, error('invalid_request_error', 'messages.0.role: no'));
    if (model === 'exact') {
      const input = '{"id":1917043659912705296}';
      return sendJson(
        response,
        200,
        `{"id":"msg_1","content":[{"type":"tool_use","id":"a","name":"f","input":${input}}],"stop_reason":"tool_use"}`,
      );
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(streams[model]);
  });
  openai = await startProvider(({ body }, response) => {
    if (body.model === 'limited')
      return sendJson(response, 429, { error: { message: 'Slow down' } }, { 'retry-after': '7' });
    if (body.stream !== true) {
      const message = {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"n":12345678901234567890}' } },
        ],
      };
      return sendJson(response, 200, {
        id: 'chatcmpl-1',
        model: 'gpt',
        choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
        usage: { prompt_tokens: 50, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 20 } },
      });
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const piece = (index: number, fields: object) => chunk({ tool_calls: [{ index, ...fields }] });
    response.end(
      chunk({ role: 'assistant', content: '' }) +
        chunk({ reasoning_content: 'hm' }) +
        chunk({ content: 'Both.' }) +
        piece(0, { id: 'a', type: 'function', function: { name: 'f', arguments: '' } }) +
        piece(1, { id: 'b', type: 'function', function: { name: 'g', arguments: '{"y":' } }) +
        piece(0, { function: { arguments: '{"x":1}' } }) +
        piece(1, { function: { arguments: '2}' } }) +
        (body.model === 'broken'
          ? ''
          : chunk({}, 'tool_calls') + usageChunk({ prompt_tokens: 50, completion_tokens: 5 }) + 'data: [DONE]\n\n'),
    );
  });
  rig = await startRig({
    definition: {
      providers: {
        mock: { preset: 'anthropic', baseUrl: `${mock.url}/v1` },
        anthropic: { baseUrl: `${vendor.url}/v1` },
        'deepseek-anthropic': { baseUrl: `${vendor.url}/anthropic/v1` },
        openai: { baseUrl: `${openai.url}/v1` },
      },
      models: { claude: 'mock/claude-sonnet-4-5' },
    },
  });
});

afterAll(async () => {
  await rig.close();
  await vendor.close();
  await openai.close();
  await mock.stop();
});

/** As Claude Code asks, betas and all. */
const ask = (model: string, more: JsonObject = {}, headers: Record<string, string> = {}) =>
  rig.post(
    { model, max_tokens: 32_000, messages: [{ role: 'user', content: 'hello' }], ...more },
    {
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'context-management-2025-06-27',
      'x-stainless-lang': 'js',
      ...headers,
    },
    '/v1/messages?beta=true',
  );

describe('Anthropic behind the gateway', () => {
  const create = (content: string, more: object = {}) =>
    rig.openai.chat.completions.create({
      model: 'claude',
      messages: [{ role: 'user', content }],
      ...more,
    } as OpenAI.ChatCompletionCreateParamsNonStreaming);
  const stream = (content: string, more: object = {}) =>
    rig.openai.chat.completions
      .stream({
        model: 'claude',
        messages: [{ role: 'user', content }],
        stream_options: { include_usage: true },
        ...more,
      })
      .finalChatCompletion();

  test('a text, whole and streamed, is the same, with the token counts of the vendor', async () => {
    for (const reply of [await create('hello'), await stream('hello')]) {
      expect(reply.choices[0]?.message.content).toBe('Hello from Messages, 世界 🌍');
      expect(reply.choices[0]?.finish_reason).toBe('stop');
      expect(reply.usage).toMatchObject({ prompt_tokens: 21, completion_tokens: 9 });
    }
    expect(mock.getRequests().at(-1)!.path).toBe('/v1/messages');
  });

  test('parallel calls, whole and streamed, come in order, under the caller’s names', async () => {
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }];
    for (const { choices } of [await create('weather', { tools }), await stream('weather', { tools })]) {
      expect(choices[0]?.finish_reason).toBe('tool_calls');
      expect(choices[0]?.message.tool_calls).toMatchObject([
        { id: 'toolu_1', function: { name: 'weather', arguments: '{"city":"Paris"}' } },
        { id: 'toolu_2', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
      ]);
    }
  });

  test('thoughts are told', async () => {
    expect((await create('think', { reasoning_effort: 'low' })).choices[0]?.message).toMatchObject({
      content: 'Yes.',
      reasoning_content: 'Let me see.',
    });
  });

  test('#60 long numbers in a whole reply’s arguments arrive digit by digit', async () => {
    const reply = await rig.post({ model: 'anthropic/exact', messages: [{ role: 'user', content: 'x' }] });
    expect(await reply.text()).toContain('{\\"id\\":1917043659912705296}');
  });

  test('the vendor is asked with its own key and version, and with nothing of the caller’s', async () => {
    await rig.post(
      { model: 'anthropic/exact', messages: [{ role: 'user', content: 'x' }], user: 'u-1' },
      { 'anthropic-beta': 'x', 'x-stainless-os': 'y' },
    );
    const { headers, path } = vendor.asked.at(-1)!;
    expect(path).toBe('/v1/messages');
    expect(headers).toMatchObject({ 'x-api-key': 'key-of-ANTHROPIC_API_KEY', 'anthropic-version': '2023-06-01' });
    for (const name of ['authorization', 'anthropic-beta', 'x-stainless-os']) expect(headers).not.toHaveProperty(name);
  });

  test.each([
    ['wrong', 400, 'messages.0.role: no'],
    ['denied', 502, 'refused the key'],
    ['limited', 429, 'Slow down'],
    ['busy', 503, 'Overloaded'],
    ['empty', 502, ''],
  ])('a refusal (%s) is told as %i', async (model, status, message) => {
    const reply = await rig.post({
      model: `anthropic/${model}`,
      stream: true,
      messages: [{ role: 'user', content: 'x' }],
    });
    const told = await reply.text();
    expect(reply.status).toBe(status);
    expect(told).toContain(message);
    expect(told).not.toContain('sk-ant');
    if (model === 'limited') expect(reply.headers.get('retry-after')).toBe('7');
  });

  test('#27 #30 a stream that breaks or fails ends in an error', async () => {
    for (const model of ['broken', 'failing']) {
      const reply = await rig.post({
        model: `anthropic/${model}`,
        stream: true,
        messages: [{ role: 'user', content: 'x' }],
      });
      const told = await reply.text();
      expect(told).toContain('Hel');
      expect(parseSse(told).at(-1)!.data).toContain('"error"');
    }
  });
});

describe('a caller of Anthropic’s dialect', () => {
  test('#91 the short road: bytes, betas and signatures pass, both ways', async () => {
    const extra = { stream: true, context_management: { edits: [] }, output_config: { effort: 'high' } };
    const reply = await ask('anthropic/signed', extra);
    expect(await reply.text()).toBe(streams.signed);
    const { body, headers } = vendor.asked.at(-1)!;
    expect(body).toEqual({
      model: 'signed',
      max_tokens: 32_000,
      messages: [{ role: 'user', content: 'hello' }],
      ...extra,
    });
    expect(headers).toMatchObject({
      'anthropic-beta': 'context-management-2025-06-27',
      'anthropic-version': '2023-06-01',
    });
    expect(headers).not.toHaveProperty('x-stainless-lang');
    expect(rig.requests.at(-1)).toMatchObject({ usage: { input: 15, output: 15, cacheRead: 5 } });
  });

  test('vendors of the dialect are sent what they know, and instructions amid the talk as a reminder', async () => {
    const messages = [
      { role: 'user', content: 'hello' },
      { role: 'system', content: 'In French.' },
    ];
    const reply = await ask('deepseek-anthropic/signed', { messages, stream: true, context_management: {} });
    expect(reply.headers.get('x-sluice-dropped')).toBe('context_management');
    expect(parseSse(await reply.text()).map(({ event }) => event)).toContain('message_stop');
    const { path, body } = vendor.asked.at(-1)!;
    expect(path).toBe('/anthropic/v1/messages');
    expect(body).not.toHaveProperty('context_management');
    expect(JSON.stringify(body.messages)).toContain('<system-reminder>');
  });

  test('#13 #47 OpenAI behind: thoughts, text and mixed calls are blocks one after the other', async () => {
    const reply = await ask('openai/gpt', { stream: true, tools: [{ name: 'f', input_schema: { type: 'object' } }] });
    const events = parseSse(await reply.text()).map(({ data }) => JSON.parse(data));
    expect(events[0]).toMatchObject({
      type: 'message_start',
      message: { usage: { input_tokens: expect.any(Number) } },
    });
    expect(
      events.filter(({ type }) => type === 'content_block_start').map(({ content_block: { type } }) => type),
    ).toEqual(['thinking', 'text', 'tool_use', 'tool_use']);
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'tool_use' },
      usage: { input_tokens: 50, output_tokens: 5 },
    });
  });

  test('#41 #60 OpenAI behind, not streamed: cached tokens beside the input, long numbers as they were', async () => {
    const told = await (await ask('openai/gpt', { tools: [{ name: 'f', input_schema: { type: 'object' } }] })).text();
    expect(told).toContain('"input":{"n":12345678901234567890}');
    expect(JSON.parse(told)).toMatchObject({
      type: 'message',
      stop_reason: 'tool_use',
      usage: { input_tokens: 30, cache_read_input_tokens: 20, output_tokens: 5 },
    });
  });

  test('#27 a break behind is an error event with the id of the request, no end', async () => {
    const events = parseSse(await (await ask('openai/broken', { stream: true })).text());
    expect(events.at(-1)!.event).toBe('error');
    expect(JSON.parse(events.at(-1)!.data)).toMatchObject({
      type: 'error',
      error: { type: 'api_error' },
      request_id: expect.stringMatching(/^req_/),
    });
    expect(events.some(({ event }) => event === 'message_stop')).toBe(false);
  });

  test('refusals have the vendor’s status and envelope', async () => {
    const cases: [string, JsonObject, number, string][] = [
      ['anthropic/busy', {}, 529, 'overloaded_error'],
      ['openai/limited', {}, 429, 'rate_limit_error'],
      ['nowhere/x', {}, 404, 'not_found_error'],
      ['claude', { messages: [] }, 400, 'invalid_request_error'],
    ];
    for (const [model, more, status, type] of cases) {
      const reply = await ask(model, more);
      expect(reply.status).toBe(status);
      expect(await reply.json()).toMatchObject({ type: 'error', error: { type }, request_id: expect.any(String) });
    }
    const anonymous = await ask('claude', {}, { authorization: '' });
    expect([anonymous.status, ((await anonymous.json()) as JsonObject).error]).toMatchObject([
      401,
      { type: 'authentication_error' },
    ]);
  });

  test('#92 tokens are counted by the provider that can, and estimated elsewhere', async () => {
    const count = async (model: string) =>
      (
        await rig.post(
          { model, messages: [{ role: 'user', content: 'hello '.repeat(100) }] },
          { 'anthropic-version': '2023-06-01' },
          '/v1/messages/count_tokens?beta=true',
        )
      ).json() as Promise<JsonObject>;
    expect(await count('anthropic/claude-opus-5')).toEqual({ input_tokens: 4711 });
    const { input_tokens: estimate } = await count('openai/gpt');
    expect(estimate).toBeGreaterThan(100);
    expect(estimate).toBeLessThan(300);
  });

  test.each([
    ['1.x', () => new Anthropic({ apiKey: MASTER_KEY, baseURL: rig.url, maxRetries: 0 })],
    ['0.x', () => new OldAnthropic({ apiKey: MASTER_KEY, baseURL: rig.url, maxRetries: 0 })],
  ])('the official client %s understands streams, whole replies, refusals and breaks', async (_, connect) => {
    const client = connect() as Anthropic;
    const asked = (model: string) => ({
      model,
      max_tokens: 99,
      messages: [{ role: 'user' as const, content: 'hello' }],
      tools: [{ name: 'f', input_schema: { type: 'object' as const } }],
    });
    const streamed = await client.messages.stream(asked('openai/gpt')).finalMessage();
    expect(streamed).toMatchObject({
      stop_reason: 'tool_use',
      usage: { input_tokens: 50, output_tokens: 5 },
      content: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: 'Both.' },
        { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
        { type: 'tool_use', id: 'b', name: 'g', input: { y: 2 } },
      ],
    });
    expect(await client.messages.create(asked('claude'))).toMatchObject({
      content: [{ text: 'Hello from Messages, 世界 🌍' }],
    });
    await expect(client.messages.create(asked('openai/limited'))).rejects.toMatchObject({ status: 429 });
    await expect(client.messages.stream(asked('openai/broken')).finalMessage()).rejects.toThrow(
      'before the answer was finished',
    );
    expect(
      await client.messages.countTokens({ model: 'anthropic/x', messages: [{ role: 'user', content: 'x' }] }),
    ).toEqual({ input_tokens: 4711 });
  });

  test('the key may come as x-api-key, under /anthropic too', async () => {
    const reply = await fetch(`${rig.url}/anthropic/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': MASTER_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'claude', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] }),
    });
    expect(await reply.json()).toMatchObject({ content: [{ type: 'text', text: 'Hello from Messages, 世界 🌍' }] });
  });
});
