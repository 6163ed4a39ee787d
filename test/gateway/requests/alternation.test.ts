import Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenRule, NOT_ALTERNATING } from '../../support/hunyuan-rules.ts';
import {
  type Asked,
  asksUsage,
  completion,
  sendJson,
  startProvider,
  startStream,
  type TestProvider,
  textStream,
} from '../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';

/** A provider that refuses what Hunyuan refuses, in Hunyuan's words. */
let provider: TestProvider;
let rig: Rig;
let strict: Rig;

function refuse({ body }: Asked): object | undefined {
  const message = brokenRule(body);
  if (message) return { error: { id: 'as-17', message, type: 'invalid_request_error', param: null, code: '1001' } };
  const { tool_choice: choice, seed } = body;
  const wrong = (choice !== undefined && choice !== 'auto' && choice !== 'none') || Number(seed ?? 1) > 10_000;
  return wrong ? { error: { id: 'as-18', message: 'wrong', type: 'invalid_request_error', code: '1001' } } : undefined;
}

beforeAll(async () => {
  provider = await startProvider((asked, response) => {
    const refusal = refuse(asked);
    if (refusal) return sendJson(response, 400, refusal);
    if (asked.body.stream !== true) return sendJson(response, 200, completion('好'));
    startStream(response);
    response.end(textStream(['好'], asksUsage(asked)).join(''));
  });
  const at = { baseUrl: provider.url, auth: 'none' };
  const definition = {
    providers: {
      hunyuan: at,
      tokenhub: at,
      house: at,
      lax: { ...at, preset: 'hunyuan', traits: { alternation: 'free' } },
    },
    models: {
      plain: 'house/plain',
      ours: {
        targets: 'house/our-model',
        traits: { alternation: 'strict', fillers: { between: 'OK.', first: 'Go on.' }, mostMessages: 6 },
      },
    },
  };
  rig = await startRig({ definition });
  strict = await startRig({ definition: { ...definition, strictParams: true } });
});
afterAll(async () => {
  await Promise.all([rig.close(), strict.close()]);
  await provider.close();
});

type Messages = OpenAI.ChatCompletionMessageParam[];

const call = (id: string, name = 'look') => ({ id, type: 'function' as const, function: { name, arguments: '{}' } });

/** What agents leave behind: instructions amid, two questions, a call without words, an answer begun. */
const disorder: Messages = [
  { role: 'system', content: 'be brief' },
  { role: 'system', content: 'be kind' },
  { role: 'assistant', content: 'hello' },
  { role: 'user', content: 'look' },
  { role: 'user', content: 'again' },
  { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] },
  { role: 'tool', tool_call_id: 'a', content: '' },
  { role: 'user', content: 'well?' },
  { role: 'system', content: 'be quick' },
  { role: 'assistant', content: 'so' },
];

/** A question, a call and its result, in order. */
const order: Messages = [
  { role: 'system', content: 'be brief' },
  { role: 'user', content: 'look' },
  { role: 'assistant', content: 'I look.', tool_calls: [call('a')] },
  { role: 'tool', tool_call_id: 'a', content: 'a cat' },
];

const sent = (): Record<string, unknown> & { messages: Record<string, unknown>[] } =>
  provider.asked.at(-1)!.body as never;

describe('a strict model', () => {
  test('refuses such a conversation when it comes as it is: the provider of these tests bites', async () => {
    for (const model of ['plain', 'lax/hunyuan-pro', 'tokenhub/hy3-preview', 'hunyuan/hy3-preview']) {
      const asking = rig.openai.chat.completions.create({ model, messages: disorder });
      await expect(asking, model).rejects.toMatchObject({ status: 400, message: expect.stringContaining('messages') });
    }
    const first = rig.openai.chat.completions.create({
      model: 'plain',
      messages: [{ role: 'assistant', content: 'a' }],
    });
    await expect(first).rejects.toThrow(NOT_ALTERNATING);
  });

  test.each(['hunyuan/hunyuan-2.0-thinking-20251109', 'tokenhub/hunyuan-role-latest', 'house/hunyuan-any', 'ours'])(
    '%s takes it through the gateway, and the answer’s header counts the changes',
    async (model) => {
      const { data, response } = await rig.openai.chat.completions.create({ model, messages: disorder }).withResponse();
      expect(data.choices[0]?.message.content).toBe('好');
      const changes = response.headers.get('x-sluice-normalized');
      expect(changes).toMatch(/^[a-z_]+=\d+(,[a-z_]+=\d+)*$/);
      expect(Object.fromEntries(changes!.split(',').map((change) => change.split('=')))).toMatchObject({
        reminded: '1',
        answered: '1',
        filled: '2',
        inserted: '3',
      });
      expect(brokenRule(sent())).toBeUndefined();
    },
  );

  test('is sent every word that was said, each in the mouth of who said it', async () => {
    await rig.openai.chat.completions.create({ model: 'hunyuan/hunyuan-pro', messages: disorder });
    expect(sent().messages).toEqual([
      { role: 'system', content: 'be brief\n\nbe kind' },
      { role: 'user', content: '继续' },
      { role: 'assistant', content: 'hello' },
      { role: 'user', content: 'look\n\nagain' },
      { role: 'assistant', content: '调用工具：look, look', tool_calls: [call('a'), call('b')] },
      { role: 'tool', tool_call_id: 'a', content: '(empty result)' },
      { role: 'tool', tool_call_id: 'b', content: 'Error: [no result: the call was interrupted]' },
      { role: 'assistant', content: '好的。' },
      { role: 'user', content: 'well?\n\n<system-reminder>\nbe quick\n</system-reminder>' },
      { role: 'assistant', content: 'so' },
      { role: 'user', content: '请继续。' },
    ]);
  });

  test('of the configuration brings its own fillers and its own number of messages', async () => {
    const { response } = await rig.openai.chat.completions.create({ model: 'ours', messages: disorder }).withResponse();
    expect(response.headers.get('x-sluice-normalized')).toContain('cut=');
    expect(sent().messages.length).toBeLessThanOrEqual(6);
    const typed: Messages = [...order, { role: 'user', content: 'and?' }];
    await rig.openai.chat.completions.create({ model: 'ours', messages: typed });
    expect(sent().messages.slice(-2)).toEqual([
      { role: 'assistant', content: 'OK.' },
      { role: 'user', content: 'and?' },
    ]);
  });

  test('streams its answer, with the changes in the head of the stream', async () => {
    const request = { model: 'hunyuan/hunyuan-pro', messages: disorder, stream: true } as const;
    const { data, response } = await rig.openai.chat.completions.create(request).withResponse();
    expect(response.headers.get('x-sluice-normalized')).toContain('reminded=1');
    let text = '';
    for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toBe('好');
  });

  test('takes what callers of Anthropic’s dialect say beside the results of tools', async () => {
    const anthropic = new Anthropic({ apiKey: MASTER_KEY, baseURL: rig.url, maxRetries: 0 });
    const { data, response } = await anthropic.messages
      .create({
        model: 'tokenhub/hunyuan-pro',
        max_tokens: 99,
        messages: [
          { role: 'user', content: 'look' },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'look', input: {} }] },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'a', content: 'a cat' },
              { type: 'text', text: 'which colour?' },
            ],
          },
        ],
      })
      .withResponse();
    expect(data.content).toMatchObject([{ type: 'text', text: '好' }]);
    expect(response.headers.get('x-sluice-normalized')).toBe('inserted=1,filled=1');
    expect(sent().messages.slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'a cat' },
      { role: 'assistant', content: '好的。' },
      { role: 'user', content: 'which colour?' },
    ]);
  });
});

describe('a conversation that obeys', () => {
  test('passes as it came, byte for byte but for the model’s name, and no header is added', async () => {
    const body = `{ "model":"hunyuan/hunyuan-pro",  "messages":${JSON.stringify(order)}, "enable_enhancement":true,"seed":10000 }`;
    const response = await rig.post(body);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-sluice-normalized')).toBeNull();
    expect(provider.asked.at(-1)!.text).toBe(body.replace('hunyuan/hunyuan-pro', 'hunyuan-pro'));
  });

  test('of a model that is not strict is never touched', async () => {
    const extra: Messages = [...order, { role: 'assistant', content: 'A cat.' }, { role: 'user', content: 'and?' }];
    const { response } = await rig.openai.chat.completions.create({ model: 'plain', messages: extra }).withResponse();
    expect(response.headers.get('x-sluice-normalized')).toBeNull();
    expect(sent().messages).toEqual(extra);
  });
});

describe('what else Hunyuan does not know', () => {
  const tool = (name: string) => ({ type: 'function' as const, function: { name, parameters: { type: 'object' } } });
  const tools = [tool('look'), tool('listen')];
  const request = { model: 'hunyuan/hunyuan-pro', messages: [{ role: 'user', content: 'q' }] as Messages, tools };

  test('a tool that must be called is asked for in words, and shown alone', async () => {
    const { response } = await rig.openai.chat.completions
      .create({ ...request, tool_choice: { type: 'function', function: { name: 'listen' } } })
      .withResponse();
    expect(response.headers.get('x-sluice-normalized')).toContain('tool_choice=1');
    expect(sent()).toMatchObject({ tool_choice: 'auto', tools: [tool('listen')] });
    expect(sent().tools).toHaveLength(1);
    expect(sent().messages).toEqual([
      { role: 'user', content: expect.stringMatching(/^q\n\n<system-reminder>\n.*listen/) },
    ]);
    await rig.openai.chat.completions.create({ ...request, tool_choice: 'required' });
    expect(sent()).toMatchObject({ tool_choice: 'auto', tools });
    expect(sent().messages[0]?.content).toMatch(/look、listen/);
  });

  test('strictParams makes such a choice a 400, and so does a tool that is not there', async () => {
    const asked = provider.asked.length;
    const choice = (name: string) => ({ ...request, tool_choice: { type: 'function' as const, function: { name } } });
    await expect(strict.openai.chat.completions.create(choice('listen'))).rejects.toMatchObject({
      status: 400,
      param: 'tool_choice',
    });
    await expect(rig.openai.chat.completions.create(choice('ghost'))).rejects.toMatchObject({
      status: 400,
      param: 'tool_choice',
    });
    expect(provider.asked.length).toBe(asked);
    await rig.openai.chat.completions.create({ ...request, tool_choice: 'auto' });
    expect(sent().messages).toEqual(request.messages);
  });

  test('a seed out of its range is folded into it, the same one always to the same', async () => {
    const { response } = await rig.openai.chat.completions.create({ ...request, seed: 1_234_567 }).withResponse();
    expect(sent().seed).toBe(4568);
    expect(response.headers.get('x-sluice-normalized')).toBe('seed=1');
  });
});
