import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSse } from './reading.ts';
import { type Stage, startStage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});

afterAll(() => stage.close());

describe('Anthropic behind the gateway', () => {
  const create = (content: string, more: object = {}) =>
    stage.rig.openai.chat.completions.create({
      model: 'claude',
      messages: [{ role: 'user', content }],
      ...more,
    } as OpenAI.ChatCompletionCreateParamsNonStreaming);
  const stream = (content: string, more: object = {}) =>
    stage.rig.openai.chat.completions
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
    expect(stage.mock.getRequests().at(-1)!.path).toBe('/v1/messages');
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

  test('thinking reaches the caller', async () => {
    expect((await create('think', { reasoning_effort: 'low' })).choices[0]?.message).toMatchObject({
      content: 'Yes.',
      reasoning_content: 'Let me see.',
    });
  });

  test('#60 long numbers in a whole reply’s arguments arrive digit by digit', async () => {
    const reply = await stage.rig.post({ model: 'anthropic/exact', messages: [{ role: 'user', content: 'x' }] });
    expect(await reply.text()).toContain('{\\"id\\":1917043659912705296}');
  });

  test('the vendor is asked with its own key and version, and with nothing of the caller’s', async () => {
    await stage.rig.post(
      { model: 'anthropic/exact', messages: [{ role: 'user', content: 'x' }], user: 'u-1' },
      { 'anthropic-beta': 'x', 'x-stainless-os': 'y' },
    );
    const { headers, path } = stage.vendor.asked.at(-1)!;
    expect(path).toBe('/v1/messages');
    expect(headers).toMatchObject({ 'x-api-key': 'key-of-ANTHROPIC_API_KEY', 'anthropic-version': '2023-06-01' });
    for (const name of ['authorization', 'anthropic-beta', 'x-stainless-os']) expect(headers).not.toHaveProperty(name);
  });

  test.each([
    ['wrong', 400, 'messages.0.role: no'],
    ['denied', 400, 'refused the key'],
    ['limited', 429, 'Slow down'],
    ['busy', 503, 'The provider is overloaded.'],
    ['empty', 502, ''],
  ])('a refusal (%s) is answered with %i', async (model, status, message) => {
    const reply = await stage.rig.post({
      model: `anthropic/${model}`,
      stream: true,
      messages: [{ role: 'user', content: 'x' }],
    });
    const given = await reply.text();
    expect(reply.status).toBe(status);
    expect(given).toContain(message);
    expect(given).not.toContain('sk-ant');
    if (model === 'limited') expect(reply.headers.get('retry-after')).toBe('7');
  });

  test('#27 #30 a stream that breaks or fails ends in an error', async () => {
    for (const model of ['broken', 'failing']) {
      const reply = await stage.rig.post({
        model: `anthropic/${model}`,
        stream: true,
        messages: [{ role: 'user', content: 'x' }],
      });
      const given = await reply.text();
      expect(given).toContain('Hel');
      expect(parseSse(given).at(-1)!.data).toContain('"error"');
    }
  });
});
