import { describe, expect, test } from 'vitest';
import { bodyOf, written } from './asking.ts';

describe('a request', () => {
  test('#77 asks for signed thinking and for nothing to be kept, unless the caller said otherwise', () => {
    expect(bodyOf()).toEqual({
      model: 'gpt-5',
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] }],
      store: false,
      include: ['reasoning.encrypted_content'],
    });
    const native = {
      dialect: 'openai-responses',
      fields: { store: true, include: ['web_search_call.results'], metadata: { a: 'b' } },
    };
    expect(bodyOf({ native })).toMatchObject({
      store: true,
      include: ['web_search_call.results', 'reasoning.encrypted_content'],
      metadata: { a: 'b' },
    });
  });

  test.each([
    'gpt-4o',
    'gpt-4.1-mini',
    'gpt-3.5-turbo',
    'chatgpt-4o-latest',
    'ft:gpt-4o-mini:acme',
    'gpt-5-chat-latest',
  ])('signed thinking is not asked of %s, which has none and would refuse', (model) => {
    expect(bodyOf({}, {}, model)).not.toHaveProperty('include');
    expect(written({}, { drops: ['include'] }).dropped).toEqual([]);
  });

  test('parameters go under their names here', () => {
    expect(
      bodyOf({
        stream: true,
        maxTokens: 100,
        temperature: 0.2,
        topP: 0.8,
        logprobs: { top: 3 },
        endUser: 'u1',
        serviceTier: 'flex',
        reasoning: { effort: 'high' },
        format: { type: 'json-schema', name: 's', schema: { type: 'object' }, strict: true },
        tools: [{ kind: 'function', name: 'f', schema: { type: 'object', properties: {} } }],
        toolChoice: { type: 'tool', name: 'f' },
        parallelToolCalls: false,
      }),
    ).toMatchObject({
      stream: true,
      max_output_tokens: 100,
      temperature: 0.2,
      top_p: 0.8,
      top_logprobs: 3,
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
      safety_identifier: 'u1',
      service_tier: 'flex',
      reasoning: { effort: 'high' },
      text: { format: { type: 'json_schema', name: 's', schema: { type: 'object' }, strict: true } },
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }],
      tool_choice: { type: 'function', name: 'f' },
      parallel_tool_calls: false,
    });
  });

  test('#85 what has no parameter here is dropped by the callers’ names', () => {
    const { dropped } = written({
      topK: 5,
      seed: 1,
      stop: ['x'],
      frequencyPenalty: 1,
      presencePenalty: 1,
      serviceTier: 'standard_only',
      native: { dialect: 'openai-chat', fields: { logit_bias: { 1: 2 } } },
    });
    expect(dropped).toEqual(
      expect.arrayContaining([
        'top_k',
        'frequency_penalty',
        'presence_penalty',
        'seed',
        'stop',
        'service_tier',
        'logit_bias',
      ]),
    );
    expect(bodyOf({ serviceTier: 'standard_only' })).not.toHaveProperty('service_tier');
  });

  test('#87 several answers are refused, never one in their place', () => {
    expect(() => written({ choices: 2 })).toThrow(expect.objectContaining({ param: 'n', code: 'unsupported_value' }));
  });

  test('#84 too few tokens are raised to the least that is taken, too many lowered to the most', () => {
    expect(bodyOf({ maxTokens: 1 })).toMatchObject({ max_output_tokens: 16 });
    expect(bodyOf({ maxTokens: 9000 }, { maxOutputTokens: 4096 })).toMatchObject({ max_output_tokens: 4096 });
  });

  test.each([
    [
      { enabled: true, budget: 2048 },
      { effort: 'low', summary: 'auto' },
    ],
    [
      { enabled: true, budget: 8192 },
      { effort: 'medium', summary: 'auto' },
    ],
    [
      { enabled: true, budget: 31_999 },
      { effort: 'high', summary: 'auto' },
    ],
    [
      { enabled: true, effort: 'low', budget: 31_999 },
      { effort: 'low', summary: 'auto' },
    ],
    [{ enabled: false }, { effort: 'none' }],
    [{ effort: 'galactic', budget: 100 }, { effort: 'low' }],
    [{ effort: 'galactic' }, undefined],
  ])('#83 thinking of %j is an effort of %j', (reasoning, expected) => {
    expect(bodyOf({ reasoning }).reasoning).toEqual(expected);
  });

  test('#68 no tools means no choice among them', () => {
    const body = bodyOf({ tools: [], toolChoice: { type: 'required' }, parallelToolCalls: true });
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['tools']));
    expect(body).not.toHaveProperty('tool_choice');
    expect(body).not.toHaveProperty('parallel_tool_calls');
  });

  test('#73 a forced call stays forced: thinking models take it here', () => {
    const tools = [{ kind: 'function' as const, name: 'f' }];
    expect(bodyOf({ tools, toolChoice: { type: 'required' }, reasoning: { effort: 'high' } })).toMatchObject({
      tool_choice: 'required',
      reasoning: { effort: 'high' },
    });
  });

  test('#74 strict is what the caller said and never the API’s own default; schemas stay as they are', () => {
    const schema = { type: 'object', properties: { b: {}, a: { default: 1 } } };
    expect(bodyOf({ tools: [{ kind: 'function', name: 'f', schema }] }).tools).toEqual([
      { type: 'function', name: 'f', parameters: schema, strict: false },
    ]);
    expect(bodyOf({ tools: [{ kind: 'function', name: 'f', schema, strict: true }] }).tools).toMatchObject([
      { strict: true },
    ]);
  });

  test('#75 a schema for the answer goes as the model’s own format', () => {
    expect(bodyOf({ format: { type: 'json' } }).text).toEqual({ format: { type: 'json_object' } });
  });

  test('a tool of a type that is not known here is refused by its name, and a foreign grammar is kept', () => {
    const own = { kind: 'native', name: 'bash_20250124', native: { dialect: 'anthropic', fields: {} } } as const;
    expect(() => written({ tools: [own] })).toThrow(expect.objectContaining({ param: 'tools[0]' }));
    const grammar = { format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } };
    const custom = { kind: 'custom', name: 'p', native: { dialect: 'openai-chat', fields: grammar } } as const;
    expect(bodyOf({ tools: [custom] }).tools).toEqual([
      { type: 'custom', name: 'p', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
    ]);
  });

  test('#91 an end user’s name that is too long goes as its digest, the same each time', () => {
    const long = JSON.stringify({ device_id: 'd'.repeat(64), session_id: 's' });
    const { safety_identifier: id } = bodyOf({ endUser: long });
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(bodyOf({ endUser: long }).safety_identifier).toBe(id);
  });
});
