import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatRequest, Message } from '../../../shared/chat/request.ts';
import {
  openaiResponsesClient as client,
  openaiResponses as dialect,
} from '../../../shared/dialects/openai-responses/dialect.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';
import type { JsonObject } from '../../../shared/http/json.ts';

const ask = (fields: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'alias',
  stream: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  ...fields,
});
const written = (fields: Partial<ChatRequest> = {}, traits: Traits = {}, model = 'gpt-5') =>
  dialect.writeRequest(ask(fields), { model, traits });
const bodyOf = (fields: Partial<ChatRequest> = {}, traits: Traits = {}, model = 'gpt-5'): JsonObject =>
  JSON.parse(Buffer.from(written(fields, traits, model).body).toString());
const inputOf = (messages: Message[], traits: Traits = {}) => bodyOf({ messages }, traits).input;

const seal = { issuer: 'openai', value: 'gAAA', id: 'rs_1' };
const call = { type: 'tool-call', id: 'c1', name: 'f', arguments: '{}' } as const;
const result = (parts: { type: 'text'; text: string }[] = [{ type: 'text', text: 'ok' }]): Message => ({
  role: 'tool',
  results: [{ callId: 'c1', parts }],
});

describe('a request', () => {
  test('#77 asks for sealed thoughts and for nothing to be kept, unless the caller said otherwise', () => {
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
  ])('sealed thoughts are not asked of %s, which has none and would refuse', (model) => {
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

  test('a tool of a type that is not known here is refused by its name, and so is a foreign grammar', () => {
    const own = { kind: 'native', name: 'bash_20250124', native: { dialect: 'anthropic', fields: {} } } as const;
    expect(() => written({ tools: [own] })).toThrow(expect.objectContaining({ param: 'tools[0]' }));
    const grammar = { format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } };
    const custom = { kind: 'custom', name: 'p', native: { dialect: 'openai-chat', fields: grammar } } as const;
    expect(() => written({ tools: [custom] })).toThrow('grammar');
  });

  test('#91 an end user’s name that is too long goes as its digest, the same each time', () => {
    const long = JSON.stringify({ device_id: 'd'.repeat(64), session_id: 's' });
    const { safety_identifier: id } = bodyOf({ endUser: long });
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(bodyOf({ endUser: long }).safety_identifier).toBe(id);
  });
});

describe('the history', () => {
  test('#77 a thought comes back to its issuer with its seal and id, before what it led to', () => {
    const parts = [
      { type: 'thinking', text: 't', signature: seal } as const,
      { type: 'text', text: 'a' } as const,
      call,
    ];
    expect(inputOf([{ role: 'assistant', parts }, result()])).toEqual([
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 't' }], encrypted_content: 'gAAA' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a', annotations: [] }] },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'ok' },
    ]);
  });

  test('#77 a sealed thought whose id was lost goes without one, since a wrong one is refused', () => {
    const thought = { type: 'thinking', text: '', signature: { issuer: 'openai', value: 'gAAA' } } as const;
    expect(inputOf([{ role: 'assistant', parts: [thought, call] }, result()])).toMatchObject([
      { type: 'reasoning', summary: [], encrypted_content: 'gAAA' },
      {},
      {},
    ]);
    expect(JSON.stringify(inputOf([{ role: 'assistant', parts: [thought, call] }, result()]))).not.toContain('"id"');
  });

  test.each([
    ['another vendor’s seal', { type: 'thinking', text: 't', signature: { issuer: 'anthropic', value: 'Em' } }],
    ['no seal', { type: 'thinking', text: 't' }],
  ] as const)('#82 a thought with %s stays here', (_, thought) => {
    expect(inputOf([{ role: 'assistant', parts: [thought, { type: 'text', text: 'a' }] }])).toMatchObject([
      { type: 'message', role: 'assistant' },
    ]);
  });

  test('a thought that led to nothing goes: OpenAI refuses it without what follows', () => {
    const parts = [{ type: 'text', text: 'a' } as const, { type: 'thinking', text: '', signature: seal } as const];
    expect(inputOf([{ role: 'assistant', parts }])).toMatchObject([{ type: 'message' }]);
    expect(
      inputOf([{ role: 'assistant', parts: [parts[1]!, call] }, result()], { thinkingInHistory: 'strip' }),
    ).toMatchObject([{ type: 'function_call' }, { type: 'function_call_output' }]);
  });

  test('#48 #49 instructions stay where they stand, developer’s as system’s where asked', () => {
    const messages: Message[] = [
      { role: 'system', parts: [{ type: 'text', text: 's' }] },
      { role: 'user', parts: [{ type: 'text', text: 'u' }] },
      { role: 'system', variant: 'developer', parts: [{ type: 'text', text: 'd' }] },
    ];
    expect(inputOf(messages)).toMatchObject([{ role: 'system' }, { role: 'user' }, { role: 'developer' }]);
    expect(inputOf(messages, { developerAsSystem: true })).toMatchObject([{}, {}, { role: 'system' }]);
  });

  test('#50 empty words and empty messages are left out, an empty result stays', () => {
    const messages: Message[] = [
      { role: 'user', parts: [{ type: 'text', text: '' }] },
      { role: 'assistant', parts: [{ type: 'text', text: '' }, call] },
      result([]),
      { role: 'assistant', parts: [] },
    ];
    expect(inputOf(messages)).toEqual([
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: '' },
    ]);
  });

  test('#52 a call without a result is answered, a result without a call is the user’s words', () => {
    expect(inputOf([{ role: 'assistant', parts: [call] }])).toMatchObject([
      { type: 'function_call', call_id: 'c1' },
      { type: 'function_call_output', call_id: 'c1', output: expect.stringContaining('interrupted') },
    ]);
    expect(inputOf([result()])).toMatchObject([{ type: 'message', role: 'user' }]);
  });

  test('#56 a failed tool’s result says so', () => {
    const failed: Message = {
      role: 'tool',
      results: [{ callId: 'c1', parts: [{ type: 'text', text: 'no file' }], isError: true }],
    };
    expect(inputOf([{ role: 'assistant', parts: [call] }, failed])).toMatchObject([{}, { output: 'Error: no file' }]);
  });

  test('#57 lone surrogates are made whole', () => {
    const messages: Message[] = [
      { role: 'user', parts: [{ type: 'text', text: 'a\ud83d' }] },
      { role: 'assistant', parts: [{ ...call, arguments: '{"a":"\udc00"}' }] },
      result([{ type: 'text', text: '\ud83d' }]),
    ];
    expect(JSON.stringify(inputOf(messages))).not.toMatch(/\\ud[89a-f]/i);
  });

  test('#20 #60 arguments pass as they came: big integers, odd keys, broken JSON', () => {
    const text = '{"n":1917043659912705296,"__proto__":{"1":-0},"cut":"';
    expect(inputOf([{ role: 'assistant', parts: [{ ...call, arguments: text }] }, result()])).toMatchObject([
      { arguments: text },
      {},
    ]);
    expect(inputOf([{ role: 'assistant', parts: [{ ...call, arguments: '' }] }, result()])).toMatchObject([
      { arguments: '{}' },
      {},
    ]);
  });

  test('#64 #66 pictures and files in results go as they are, in the result', () => {
    const parts = [
      { type: 'text', text: 'see' },
      { type: 'image', source: { type: 'data', mediaType: 'image/jpg', data: 'iVBORw0KGgo=' } },
      { type: 'file', source: { type: 'data', mediaType: 'application/pdf', data: 'JVBERi0=' } },
    ] as const;
    expect(
      inputOf([
        { role: 'assistant', parts: [call] },
        { role: 'tool', results: [{ callId: 'c1', parts: [...parts] }] },
      ]),
    ).toMatchObject([
      {},
      {
        output: [
          { type: 'input_text', text: 'see' },
          { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
          { type: 'input_file', filename: 'file.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
        ],
      },
    ]);
  });

  test('audio and foreign parts are refused by their place', () => {
    const audio = {
      type: 'audio',
      source: { type: 'data', mediaType: 'audio/mp3', data: 'AA' },
      at: 'messages[3].content[1]',
    } as const;
    expect(() => inputOf([{ role: 'user', parts: [audio] }])).toThrow(
      expect.objectContaining({ kind: 'invalid_request', param: 'messages[3].content[1]' }),
    );
    const foreign = { type: 'native', native: { dialect: 'anthropic', fields: { type: 'search_result' } } } as const;
    expect(() => inputOf([{ role: 'user', parts: [foreign] }])).toThrow("'search_result'");
  });

  test('#65 a picture that the model drew is not sent back as its own words', () => {
    const drawn = { type: 'image', source: { type: 'data', mediaType: 'image/png', data: 'iVBORw0KGgo=' } } as const;
    expect(inputOf([{ role: 'assistant', parts: [{ type: 'text', text: 'a' }, drawn] }])).toHaveLength(1);
  });

  test('#76 ids that are odd, too long or used again are made fit, for call and result alike', () => {
    const long = `functions.Bash:0${'x'.repeat(80)}`;
    const turn: Message[] = [
      { role: 'assistant', parts: [{ ...call, id: long }] },
      { role: 'tool', results: [{ callId: long, parts: [{ type: 'text', text: 'r' }] }] },
    ];
    const input = inputOf([...turn, ...turn]) as { call_id: string }[];
    const ids = input.map(({ call_id: id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect([ids[0], ids[2]]).toEqual([ids[1], ids[3]]);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });

  test('#71 names that are not legal here are changed everywhere, and told how to turn back', () => {
    const name = 'mcp.server:tool with a name that is far longer than sixty-four characters/read';
    const { body, memo } = written({
      tools: [{ kind: 'function', name }],
      messages: [{ role: 'assistant', parts: [{ ...call, name }] }, result()],
    });
    const sent = JSON.parse(Buffer.from(body).toString());
    expect(sent.tools[0].name).toBe(sent.input[0].name);
    expect(sent.tools[0].name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(memo?.toolNames?.get(sent.tools[0].name)).toBe(name);
  });
});

describe('both halves together', () => {
  const text = fc.string({ minLength: 1, unit: 'grapheme' }).map((value) => value.toWellFormed());
  const textPart = text.map((value) => ({ type: 'text' as const, text: value }));
  const image = fc.constantFrom(
    { type: 'image' as const, source: { type: 'url' as const, url: 'https://x.example/a.png' }, detail: 'low' },
    {
      type: 'image' as const,
      source: { type: 'data' as const, mediaType: 'image/png', data: 'iVBORw0KGgo=' },
      detail: 'auto',
    },
  );
  const thinking = fc.record({
    type: fc.constant('thinking' as const),
    text,
    signature: fc.record({
      issuer: fc.constant('openai'),
      value: fc.base64String({ minLength: 4 }),
      id: fc.constant('rs_1'),
    }),
  });
  const turn = fc
    .record({
      thoughts: fc.array(thinking, { maxLength: 2 }),
      texts: fc.array(textPart, { minLength: 1, maxLength: 2 }),
      calls: fc.array(fc.json(), { maxLength: 3 }),
      output: fc.array(fc.oneof(textPart, image), { minLength: 1, maxLength: 2 }),
    })
    .map(({ thoughts, texts, calls, output }) => (n: number): Message[] => {
      const called = calls.map((args, index) => ({
        type: 'tool-call' as const,
        id: `c${n}_${index}`,
        name: 'f',
        arguments: args.toWellFormed(),
      }));
      const answer: Message = { role: 'assistant', parts: [...thoughts, ...texts, ...called] };
      if (called.length === 0) return [answer];
      return [answer, { role: 'tool', results: called.map(({ id }) => ({ callId: id, parts: output })) }];
    });
  const user = fc.array(fc.oneof(textPart, image), { minLength: 1, maxLength: 3 });
  const history = fc
    .array(fc.record({ user, turn, system: fc.option(textPart) }), { minLength: 1, maxLength: 3 })
    .map((turns) =>
      turns.flatMap(({ user: parts, turn: answer, system }, n): Message[] => [
        ...(system ? [{ role: 'system' as const, parts: [system] }] : []),
        { role: 'user', parts },
        ...answer(n),
      ]),
    );

  const withoutPlaces = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value, (key, inner) => (key === 'at' ? undefined : inner)));

  test('#59 what is written is read again as it was, and written alike each time', () => {
    fc.assert(
      fc.property(history, (messages) => {
        const request = ask({
          messages,
          maxTokens: 100,
          tools: [{ kind: 'function', name: 'f', schema: { z: 1, a: 2 }, strict: false }],
          toolChoice: { type: 'auto' },
        });
        const { body } = dialect.writeRequest(request, { model: 'alias', traits: {} });
        expect(dialect.writeRequest(structuredClone(request), { model: 'alias', traits: {} }).body).toEqual(body);
        const { native: _, streamUsage: __, ...again } = client.readRequest(JSON.parse(Buffer.from(body).toString()));
        expect(withoutPlaces(again)).toEqual(withoutPlaces(request));
      }),
      { numRuns: 100 },
    );
  });
});
