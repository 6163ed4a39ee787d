import Anthropic from '@anthropic-ai/sdk';
import OldAnthropic from 'anthropic-sdk-0';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../../shared/http/json.ts';
import { MASTER_KEY } from '../../../support/rig.ts';
import { parseSse } from '../reading.ts';
import { type Stage, startStage, streams } from '../stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});

afterAll(() => stage.close());

/** As Claude Code asks, betas and all. */
const ask = (model: string, more: JsonObject = {}, headers: Record<string, string> = {}) =>
  stage.rig.post(
    { model, max_tokens: 32_000, messages: [{ role: 'user', content: 'hello' }], ...more },
    {
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'context-management-2025-06-27',
      'x-stainless-lang': 'js',
      ...headers,
    },
    '/v1/messages?beta=true',
  );

describe('a caller of Anthropic’s dialect', () => {
  test('#91 the short road: bytes, betas and signatures pass, in both directions', async () => {
    const extra = { stream: true, context_management: { edits: [] }, output_config: { effort: 'high' } };
    const reply = await ask('anthropic/signed', extra);
    expect(await reply.text()).toBe(streams.signed);
    const { body, headers } = stage.vendor.asked.at(-1)!;
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
    expect(stage.rig.requests.at(-1)).toMatchObject({ usage: { input: 15, output: 15, cacheRead: 5 } });
  });

  test('vendors of the dialect are sent what they know, and instructions amid the talk as a reminder', async () => {
    const messages = [
      { role: 'user', content: 'hello' },
      { role: 'system', content: 'In French.' },
    ];
    const reply = await ask('deepseek-anthropic/signed', { messages, stream: true, context_management: {} });
    expect(reply.headers.get('x-sluice-dropped')).toBe('context_management');
    expect(parseSse(await reply.text()).map(({ event }) => event)).toContain('message_stop');
    const { path, body } = stage.vendor.asked.at(-1)!;
    expect(path).toBe('/anthropic/v1/messages');
    expect(body).not.toHaveProperty('context_management');
    expect(JSON.stringify(body.messages)).toContain('<system-reminder>');
  });

  test('#13 #47 OpenAI behind: thinking, text and mixed calls are blocks one after the other', async () => {
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
    const given = await (await ask('openai/gpt', { tools: [{ name: 'f', input_schema: { type: 'object' } }] })).text();
    expect(given).toContain('"input":{"n":12345678901234567890}');
    expect(JSON.parse(given)).toMatchObject({
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
        await stage.rig.post(
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
    ['1.x', () => new Anthropic({ apiKey: MASTER_KEY, baseURL: stage.rig.url, maxRetries: 0 })],
    ['0.x', () => new OldAnthropic({ apiKey: MASTER_KEY, baseURL: stage.rig.url, maxRetries: 0 })],
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
    const reply = await fetch(`${stage.rig.url}/anthropic/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': MASTER_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'claude', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] }),
    });
    expect(await reply.json()).toMatchObject({ content: [{ type: 'text', text: 'Hello from Messages, 世界 🌍' }] });
  });
});
