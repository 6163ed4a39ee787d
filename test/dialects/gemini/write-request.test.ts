import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../../shared/chat/request.ts';
import { calls, refusalOf, results, tool, user, write } from './wire.ts';

const objectOf = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest });
const city = objectOf({ city: { type: 'string' } }, { required: ['city'] });

describe('parameters', () => {
  test('those that Gemini knows have its names', () => {
    const { body, dropped } = write({
      to: 'gemini-2.0-flash',
      maxTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 7,
      stop: ['END'],
      choices: 2,
      frequencyPenalty: 0.5,
      presencePenalty: -0.5,
      logprobs: { top: 3 },
    });
    expect(body.generationConfig).toEqual({
      maxOutputTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      seed: 7,
      stopSequences: ['END'],
      candidateCount: 2,
      frequencyPenalty: 0.5,
      presencePenalty: -0.5,
      responseLogprobs: true,
      logprobs: 3,
    });
    expect(dropped).toEqual([]);
  });

  test('those it does not know are named by the caller’s names, and what says nothing is not', () => {
    const asked: Partial<ChatRequest> = {
      endUser: 'u1',
      serviceTier: 'flex',
      parallelToolCalls: false,
      tools: [{ ...tool('f'), strict: true }],
      native: { dialect: 'openai-chat', fields: { logit_bias: { 1: 1 }, store: false, metadata: null } },
    };
    expect(write(asked).dropped.sort()).toEqual([
      'logit_bias',
      'parallel_tool_calls',
      'service_tier',
      'store',
      'strict',
      'user',
    ]);
    expect(write({ serviceTier: 'auto', parallelToolCalls: true, frequencyPenalty: 0 }).dropped).toEqual([]);
  });

  test('what would change the answer is refused by its name', () => {
    const audio = {
      native: { dialect: 'openai-chat', fields: { audio: { voice: 'x' }, modalities: ['text', 'audio'] } },
    };
    expect(refusalOf(() => write(audio))).toMatchObject({ kind: 'invalid_request', param: 'audio' });
    const search = { native: { dialect: 'openai-chat', fields: { web_search_options: {} } } };
    expect(refusalOf(() => write(search)).param).toBe('web_search_options');
  });

  test('images as an answer are asked for in Gemini’s words', () => {
    const asked = (modalities: string[]) =>
      write({ native: { dialect: 'openai-chat', fields: { modalities } } }).body.generationConfig;
    expect(asked(['text', 'image'])).toEqual({ responseModalities: ['TEXT', 'IMAGE'] });
    expect(asked(['text'])).toBeUndefined();
  });

  test('#84 the bound on tokens stays absent where the caller named none, and never exceeds the model’s', () => {
    expect(write().body.generationConfig).toBeUndefined();
    const traits = { maxOutputTokens: 8192 };
    expect(write({ maxTokens: 64_000, traits }).body.generationConfig).toEqual({ maxOutputTokens: 8192 });
    expect(write({ maxTokens: 64, traits }).body.generationConfig).toEqual({ maxOutputTokens: 64 });
  });

  test('#85 empty stop sequences are left out, five are taken, more are refused', () => {
    expect(write({ stop: ['', '\n', 'a'] }).body.generationConfig).toEqual({ stopSequences: ['\n', 'a'] });
    expect(write({ stop: [''] }).body.generationConfig).toBeUndefined();
    expect(write({ stop: ['1', '2', '3', '4', '5', ''] }).body.generationConfig?.stopSequences).toHaveLength(5);
    expect(refusalOf(() => write({ stop: ['1', '2', '3', '4', '5', '6'] }))).toMatchObject({
      status: 400,
      param: 'stop',
    });
  });

  test('#87 several answers are refused beside tools, and asked for without', () => {
    expect(refusalOf(() => write({ choices: 2, tools: [tool('f')] }))).toMatchObject({
      kind: 'invalid_request',
      param: 'n',
      code: 'unsupported_value',
    });
    expect(write({ choices: 2 }).body.generationConfig).toEqual({ candidateCount: 2 });
    expect(write({ choices: 1, tools: [tool('f')] }).body.generationConfig).toBeUndefined();
  });

  test('#88 the newest models take no sampling and no penalties: dropped and named, unless it is their own way', () => {
    const sampling = { temperature: 0.2, topP: 0.5, topK: 3, presencePenalty: 1 };
    for (const to of ['gemini-3.6-flash', 'gemini-3.5-flash-lite', 'gemini-flash-latest']) {
      const { body, dropped } = write({ ...sampling, to });
      expect(body.generationConfig).toBeUndefined();
      expect(dropped).toEqual(['temperature', 'top_p', 'top_k', 'presence_penalty']);
      expect(write({ temperature: 1, topP: 1, to }).dropped).toEqual([]);
    }
    expect(write({ ...sampling, to: 'gemini-2.5-pro' }).dropped).toEqual(['presence_penalty']);
    expect(write({ temperature: 0.2, to: 'gemini-flash-latest', traits: { sampling: 'keep' } }).dropped).toEqual([]);
  });

  test('a provider’s own drops are obeyed and named', () => {
    const format = { type: 'json' } as const;
    const { body, dropped } = write({ seed: 1, format, traits: { drops: ['seed', 'response_format'] } });
    expect(body.generationConfig).toBeUndefined();
    expect(dropped).toEqual(['seed', 'response_format']);
  });

  test('a seed of more than 32 bits is folded, the same each time', () => {
    const seed = (value: number) => write({ seed: value }).body.generationConfig?.seed;
    expect(seed(2 ** 40 + 5)).toBe(5);
    expect(Math.abs(Number(seed(Number.MAX_SAFE_INTEGER)))).toBeLessThanOrEqual(2 ** 31);
  });
});

describe('#83 thinking', () => {
  const thinking = (to: string, reasoning: ChatRequest['reasoning'], maxTokens?: number) =>
    write({ to, reasoning: reasoning!, ...(maxTokens ? { maxTokens } : {}) }).body.generationConfig?.thinkingConfig;

  test('is asked for by a level from version 3 on, at the nearest level the model has', () => {
    expect(thinking('gemini-3-flash', { effort: 'medium' })).toEqual({
      includeThoughts: true,
      thinkingLevel: 'MEDIUM',
    });
    expect(thinking('gemini-3-flash', { effort: 'minimal' })).toMatchObject({ thinkingLevel: 'MINIMAL' });
    expect(thinking('gemini-3.1-pro-preview', { effort: 'minimal' })).toMatchObject({ thinkingLevel: 'LOW' });
    expect(thinking('gemini-3-pro-preview', { effort: 'medium' })).toMatchObject({ thinkingLevel: 'HIGH' });
    for (const effort of ['high', 'xhigh', 'max']) {
      expect(thinking('gemini-3.1-pro', { effort })).toMatchObject({ thinkingLevel: 'HIGH' });
    }
    expect(thinking('gemini-3.1-pro', { effort: 'a new word' })).toMatchObject({ thinkingLevel: 'MEDIUM' });
    expect(thinking('gemini-3.1-pro', { enabled: true, budget: 2000 })).toMatchObject({ thinkingLevel: 'LOW' });
    expect(thinking('gemini-3.1-pro', { enabled: true })).toEqual({ includeThoughts: true });
  });

  test('is asked for by tokens in version 2.5, within the model’s range and the answer’s bound', () => {
    expect(thinking('gemini-2.5-flash', { effort: 'low' })).toEqual({ includeThoughts: true, thinkingBudget: 1024 });
    expect(thinking('gemini-2.5-flash', { effort: 'max' })).toMatchObject({ thinkingBudget: 24_576 });
    expect(thinking('gemini-2.5-pro', { effort: 'max' })).toMatchObject({ thinkingBudget: 32_768 });
    expect(thinking('gemini-2.5-flash', { effort: 'high' }, 2000)).toMatchObject({ thinkingBudget: 1999 });
    expect(thinking('gemini-2.5-flash-lite', { budget: 3 })).toMatchObject({ thinkingBudget: 512 });
    expect(thinking('gemini-2.5-pro', { budget: 9 }, 50)).toMatchObject({ thinkingBudget: 128 });
  });

  test('is switched off where the model can, and kept low where it cannot; thinking is then not shown', () => {
    expect(thinking('gemini-2.5-flash', { effort: 'none' })).toEqual({ thinkingBudget: 0 });
    expect(thinking('gemini-2.5-pro', { enabled: false })).toEqual({ thinkingBudget: 128 });
    expect(thinking('gemini-3-flash', { effort: 'none' })).toEqual({ thinkingLevel: 'MINIMAL' });
    expect(thinking('gemini-3.1-pro', { enabled: false })).toEqual({ thinkingLevel: 'LOW' });
  });

  test('is dropped, and named, for a model that cannot; a trait says what the name does not', () => {
    const old = write({ to: 'gemini-2.0-flash', reasoning: { effort: 'high' } });
    expect([old.body.generationConfig, old.dropped]).toEqual([undefined, ['reasoning_effort']]);
    expect(write({ to: 'gemini-2.0-flash', reasoning: { effort: 'none' } }).dropped).toEqual([]);
    const tuned = write({ to: 'ours', reasoning: { effort: 'low' }, traits: { baseModel: 'gemini-2.5-flash' } });
    expect(tuned.body.generationConfig?.thinkingConfig).toMatchObject({ thinkingBudget: 1024 });
    const given = write({ to: 'ours', reasoning: { effort: 'low' }, traits: { thinkingControl: 'levels' } });
    expect(given.body.generationConfig?.thinkingConfig).toMatchObject({ thinkingLevel: 'LOW' });
  });
});

test('#59 equal requests give equal bytes, and a longer conversation begins with the same ones', () => {
  const messages = [user('Hi'), calls('a', 'b'), results('b', 'a'), user('And?')];
  const tools = [tool('a', city)];
  const first = write({ messages, tools }).text;
  expect(write({ messages: structuredClone(messages), tools: structuredClone(tools) }).text).toBe(first);
  const longer = write({ messages: [...messages, user('More?')], tools }).text;
  const shared = first.slice(0, first.lastIndexOf('"And?"') + 6);
  expect(longer.startsWith(shared)).toBe(true);
});
