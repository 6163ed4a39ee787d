import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../../shared/chat/request.ts';
import { anthropic } from '../../../shared/dialects/anthropic/dialect.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';
import type { JsonObject } from '../../../shared/http/json.ts';

const OLD = 'claude-sonnet-4-5-20250929';
const NEW = 'claude-opus-5-5';
const hi: ChatRequest['messages'] = [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }];
const tool = { kind: 'function' as const, name: 'f', schema: { type: 'object', properties: {} } };

function send(fields: Partial<ChatRequest>, model = OLD, traits: Traits = {}) {
  const request: ChatRequest = { model: 'alias', stream: false, messages: hi, ...fields };
  const written = anthropic.writeRequest(request, { model, traits });
  const raw = Buffer.from(written.body).toString();
  return { ...written, raw, sent: JSON.parse(raw) as JsonObject & { messages: JsonObject[] } };
}

describe('a request for a provider', () => {
  test('text, instructions and parameters stand where the vendor wants them', () => {
    const { sent, dropped, headers } = send({
      messages: [
        {
          role: 'system',
          parts: [
            { type: 'text', text: 'A' },
            { type: 'text', text: ' ' },
          ],
        },
        { role: 'system', variant: 'developer', parts: [{ type: 'text', text: 'B', cache: { ttl: '1h' } }] },
        ...hi,
      ],
      stream: true,
      maxTokens: 100,
      temperature: 0.5,
      stop: ['END', ' \n'],
      endUser: 'u-1',
    });
    expect(sent).toEqual({
      model: OLD,
      max_tokens: 100,
      temperature: 0.5,
      stop_sequences: ['END'],
      metadata: { user_id: 'u-1' },
      stream: true,
      system: [
        { type: 'text', text: 'A' },
        { type: 'text', text: 'B', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    });
    expect(dropped).toEqual([]);
    expect(headers).toEqual({ 'anthropic-version': '2023-06-01' });
  });

  test('#84 max_tokens comes from the model’s data, then from the usual, and is never beyond the most', () => {
    expect(send({}).sent.max_tokens).toBe(64_000);
    expect(send({}, 'glm-5').sent.max_tokens).toBe(8192);
    expect(send({}, 'glm-5', { maxOutputTokens: 5000 }).sent.max_tokens).toBe(5000);
    expect(send({ maxTokens: 128_000 }).sent.max_tokens).toBe(64_000);
    expect(send({ maxTokens: 128_000 }, 'claude-3-5-sonnet-20241022').sent.max_tokens).toBe(8192);
    expect(send({ maxTokens: 128_000 }, 'claude-opus-4-1-20250805').sent.max_tokens).toBe(32_000);
    expect(send({ maxTokens: 128_000 }, NEW).sent.max_tokens).toBe(128_000);
  });

  test('#88 temperature is bounded, not beside top_p, and not sent to models that take none', () => {
    expect(send({ temperature: 1.5, topP: 0.9, topK: 4 })).toMatchObject({
      sent: { temperature: 1, top_k: 4 },
      dropped: ['top_p'],
    });
    expect(send({ temperature: 0.2, topP: 0.9 }, 'claude-3-haiku-20240307').sent).toMatchObject({
      temperature: 0.2,
      top_p: 0.9,
    });
    const none = send({ temperature: 1, topP: 0.9, topK: 4 }, NEW);
    expect(none.sent).not.toHaveProperty('temperature');
    expect(none.dropped).toEqual(['temperature', 'top_p', 'top_k']);
    expect(none.headers).toEqual({});
    expect(send({ temperature: 0.3 }, 'claude-opus-4-6').sent.temperature).toBe(0.3);
    expect(send({ temperature: 0.3 }, 'claude-sonnet-4-5', { sampling: 'drop' }).dropped).toEqual(['temperature']);
  });

  test('what the vendor does not know is named as dropped, what changes the answer is refused', () => {
    const native = { dialect: 'openai-chat', fields: { logit_bias: { 1: 2 }, store: true, metadata: null } };
    const { dropped } = send({
      seed: 7,
      frequencyPenalty: 0,
      presencePenalty: 0.5,
      logprobs: { top: 2 },
      serviceTier: 'flex',
      native,
    });
    expect(dropped).toEqual(['presence_penalty', 'seed', 'logprobs', 'logit_bias', 'store', 'service_tier']);
    expect(() => send({ choices: 2 })).toThrow('one choice only');
    const audio = { dialect: 'openai-chat', fields: { modalities: ['text', 'audio'] } };
    expect(() => send({ native: audio })).toThrow("'modalities'");
    expect(send({ choices: 1, native: { dialect: 'openai-chat', fields: { modalities: ['text'] } } }).dropped).toEqual([
      'modalities',
    ]);
    expect(send({ endUser: 'jane@example.com' }).sent).not.toHaveProperty('metadata');
  });

  test('fields that a provider refuses are left out by its traits', () => {
    const { sent, dropped } = send({ topK: 4, serviceTier: 'auto' }, 'deepseek-v4', {
      drops: ['top_k', 'service_tier'],
    });
    expect(sent).not.toHaveProperty('top_k');
    expect(dropped).toEqual(['top_k', 'service_tier']);
  });
});

describe('messages', () => {
  const call = (id: string, name = 'f', text = '{}') => ({ type: 'tool-call' as const, id, name, arguments: text });
  const result = (callId: string, text: string) => ({ callId, parts: [{ type: 'text' as const, text }] });

  test('#51 neighbours of one side are one turn, results first', () => {
    const { sent } = send({
      messages: [
        ...hi,
        ...hi,
        { role: 'assistant', parts: [{ type: 'text', text: 'a' }, call('x')] },
        { role: 'user', parts: [{ type: 'text', text: 'and' }] },
        { role: 'tool', results: [result('x', 'r')] },
      ],
      tools: [tool],
    });
    expect(sent.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'text', text: 'Hi' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'a' },
          { type: 'tool_use', id: 'x', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'x', content: [{ type: 'text', text: 'r' }] },
          { type: 'text', text: 'and' },
        ],
      },
    ]);
  });

  test('#52 every call is answered once and in order, a result of no call is words', () => {
    const { sent } = send({
      messages: [
        ...hi,
        { role: 'assistant', parts: [call('a'), call('b'), call('c')] },
        { role: 'tool', results: [result('b', '2'), result('ghost', 'boo'), result('a', '1'), result('b', '2 again')] },
      ],
      tools: [tool],
    });
    expect(sent.messages[2]!.content).toEqual([
      { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: '1' }] },
      { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: '2 again' }] },
      {
        type: 'tool_result',
        tool_use_id: 'c',
        content: [{ type: 'text', text: '[no result: the call was interrupted]' }],
        is_error: true,
      },
      { type: 'text', text: '[tool result ghost]' },
      { type: 'text', text: 'boo' },
    ]);
  });

  test('#48 #49 instructions amid the conversation stay in place: as a turn where the model takes one, else as a reminder', () => {
    const messages: ChatRequest['messages'] = [
      ...hi,
      { role: 'system', parts: [{ type: 'text', text: 'In French.' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'Oui.' }] },
      { role: 'system', parts: [{ type: 'text', text: 'In German.' }] },
      ...hi,
    ];
    expect(send({ messages }, NEW).sent.messages.map(({ role }) => role)).toEqual([
      'user',
      'system',
      'assistant',
      'user',
    ]);
    const old = send({ messages });
    expect(old.sent).not.toHaveProperty('system');
    expect(old.sent.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'text', text: '<system-reminder>\nIn French.\n</system-reminder>' },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'Oui.' }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: '<system-reminder>\nIn German.\n</system-reminder>' },
          { type: 'text', text: 'Hi' },
        ],
      },
    ]);
  });

  test('#50 empty texts and messages go, a call without text stays, an empty result stays', () => {
    const { sent } = send({
      messages: [
        { role: 'user', parts: [{ type: 'text', text: ' ' }] },
        ...hi,
        { role: 'assistant', parts: [{ type: 'text', text: '' }] },
        { role: 'user', parts: [] },
        { role: 'assistant', parts: [{ type: 'text', text: '' }, call('x')] },
        { role: 'tool', results: [result('x', '')] },
      ],
      tools: [tool],
    });
    expect(sent.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'x', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x' }] },
    ]);
  });

  test('#53 a conversation that begins with the assistant or has only instructions is given a user’s turn', () => {
    expect(send({ messages: [{ role: 'system', parts: [{ type: 'text', text: 's' }] }] }).sent.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: '…' }] },
    ]);
    const begun: ChatRequest['messages'] = [{ role: 'assistant', parts: [{ type: 'text', text: 'a' }] }, ...hi];
    expect(send({ messages: begun }).sent.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  test('#54 an answer begun by the caller loses white space at its end only, or is followed by a wish to continue', () => {
    const messages: ChatRequest['messages'] = [
      ...hi,
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: ' { ' },
          { type: 'text', text: ' "a": \n' },
        ],
      },
    ];
    expect(send({ messages }).sent.messages[1]!.content).toEqual([
      { type: 'text', text: ' { ' },
      { type: 'text', text: ' "a":' },
    ]);
    expect(send({ messages }, NEW).sent.messages.at(-1)).toEqual({
      role: 'user',
      content: [{ type: 'text', text: 'Continue.' }],
    });
    expect(send({ messages }, NEW, { prefill: 'keep' }).sent.messages).toHaveLength(2);
  });

  test('#20 #55 arguments that are no object are wrapped, none are none', () => {
    const inputs = ['', 'null', '{"cut": "o', '[1]', '"text"', '{"a":1}'];
    const { sent } = send({
      messages: [...hi, { role: 'assistant', parts: inputs.map((text, index) => call(`c${index}`, 'f', text)) }],
      tools: [tool],
    });
    const content = sent.messages[1]!.content as JsonObject[];
    expect(content.map(({ input }) => input)).toEqual([
      {},
      {},
      { _raw: '{"cut": "o' },
      { _raw: '[1]' },
      { _raw: '"text"' },
      { a: 1 },
    ]);
  });

  test('#60 arguments are not written anew', () => {
    const text = '{"id": 1917043659912705296, "b":1.0,"2":-0,"1":2,"__proto__":{"a":1}}';
    const { raw } = send({ messages: [...hi, { role: 'assistant', parts: [call('c', 'f', text)] }], tools: [tool] });
    expect(raw).toContain(`"input":${text}`);
  });

  test('#57 half characters are replaced wherever they stand, whole ones stay', () => {
    const { raw, sent } = send({
      messages: [
        { role: 'user', parts: [{ type: 'text', text: 'cut \ud83d end 😀 \\ud83d' }] },
        { role: 'assistant', parts: [call('c', 'f', '{"e":"\\ud83d","ok":"\\ud83d\\ude00"}')] },
      ],
      tools: [tool],
    });
    expect(sent.messages[0]!.content).toMatchObject([{ text: 'cut \ufffd end 😀 \\ud83d' }]);
    expect(raw).toContain('{"e":"\\ufffd","ok":"\\ud83d\\ude00"}');
  });

  test('#59 equal conversations give equal bytes, and a longer one begins with the same messages', () => {
    const messages: ChatRequest['messages'] = [
      ...hi,
      { role: 'assistant', parts: [call('functions.Bash:0', 'my tool', '{"b":1,"a":2}')] },
      { role: 'tool', results: [result('functions.Bash:0', 'r')] },
    ];
    const first = send({ messages, tools: [tool] }).raw;
    expect(send({ messages, tools: [tool] }).raw).toBe(first);
    const longer = send({
      messages: [...messages, { role: 'assistant', parts: [{ type: 'text', text: 'x' }] }, ...hi],
      tools: [tool],
    }).raw;
    expect(longer.startsWith(first.slice(0, -2))).toBe(true);
  });

  test('#76 ids the vendor refuses are changed in call and result alike, and equal ones are told apart', () => {
    const turn = (id: string): ChatRequest['messages'] => [
      { role: 'assistant', parts: [call(id)] },
      { role: 'tool', results: [result(id, id)] },
    ];
    const { sent } = send({
      messages: [
        ...hi,
        ...turn('functions.Bash:0'),
        ...turn('same'),
        ...turn('same'),
        ...turn(''),
        ...turn('x'.repeat(99)),
      ],
      tools: [tool],
    });
    const blocks = sent.messages.flatMap(({ content }) => content as JsonObject[]);
    const ids = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id as string);
    expect(new Set(ids).size).toBe(5);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(ids[1]).toBe('same');
    expect(blocks.filter(({ type }) => type === 'tool_result').map(({ tool_use_id: id }) => id)).toEqual(ids);
  });

  test('#61 #64 pictures go in their true type, in results too; types the vendor does not take are refused by name', () => {
    const jpeg = `/9j/4AAQ${'A'.repeat(60)}`;
    const image = (mediaType: string, data: string) => ({
      type: 'image' as const,
      at: 'messages[0].content[0]',
      source: { type: 'data' as const, mediaType, data },
    });
    const { sent } = send({
      messages: [
        {
          role: 'user',
          parts: [
            image('image/png', jpeg),
            { type: 'image', source: { type: 'url', url: `data:image/jpg;name=x;base64,${jpeg}` } },
          ],
        },
        { role: 'assistant', parts: [call('c')] },
        {
          role: 'tool',
          results: [{ callId: 'c', isError: true, parts: [{ type: 'text', text: 't' }, image('image/jpg', jpeg)] }],
        },
      ],
      tools: [tool],
    });
    const source = { type: 'base64', media_type: 'image/jpeg', data: jpeg };
    expect(sent.messages[0]!.content).toEqual([
      { type: 'image', source },
      { type: 'image', source },
    ]);
    expect(sent.messages[2]!.content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'c',
        is_error: true,
        content: [
          { type: 'text', text: 't' },
          { type: 'image', source },
        ],
      },
    ]);
    const svg = Buffer.from('<svg xmlns="x"/>').toString('base64');
    expect(() => send({ messages: [{ role: 'user', parts: [image('image/png', svg)] }] })).toThrow(
      expect.objectContaining({
        kind: 'invalid_request',
        param: 'messages[0].content[0]',
        message: expect.stringContaining('svg'),
      }),
    );
  });

  test('#65 pictures in the assistant’s words are left out', () => {
    const { sent } = send({
      messages: [
        ...hi,
        { role: 'assistant', parts: [{ type: 'image', source: { type: 'url', url: 'https://a.example/x.png' } }] },
        ...hi,
      ],
    });
    expect(sent.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'text', text: 'Hi' },
        ],
      },
    ]);
  });

  test('#66 a PDF is a document; sound and parts of other vendors are refused by their place', () => {
    const pdf = Buffer.from('%PDF-1.7').toString('base64');
    const { sent } = send({
      messages: [
        {
          role: 'user',
          parts: [
            { type: 'file', name: 'a.pdf', source: { type: 'data', mediaType: 'application/octet-stream', data: pdf } },
          ],
        },
      ],
    });
    expect(sent.messages[0]!.content).toEqual([
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf }, title: 'a.pdf' },
    ]);
    const audio = {
      type: 'audio' as const,
      at: 'messages[0].content[0]',
      source: { type: 'data' as const, mediaType: 'audio/wav', data: '' },
    };
    expect(() => send({ messages: [{ role: 'user', parts: [audio] }] })).toThrow(
      expect.objectContaining({ param: 'messages[0].content[0]' }),
    );
    const odd = { type: 'native' as const, native: { dialect: 'openai-chat', fields: { type: 'video_url' } } };
    expect(() => send({ messages: [...hi, { role: 'user', parts: [{ type: 'text', text: 'x' }, odd] }] })).toThrow(
      expect.objectContaining({ param: 'messages[1].content[1]', message: expect.stringContaining('video_url') }),
    );
  });

  test('#77 #82 thoughts go back with their own seal only', () => {
    const messages: ChatRequest['messages'] = [
      ...hi,
      {
        role: 'assistant',
        parts: [
          { type: 'thinking', text: 'mine', signature: { issuer: 'anthropic', value: 'SIG' } },
          { type: 'thinking', text: '', redacted: true, signature: { issuer: 'anthropic', value: 'HIDDEN' } },
          { type: 'thinking', text: 'theirs', signature: { issuer: 'gemini', value: 'GEM' } },
          { type: 'thinking', text: 'unsealed' },
          { type: 'text', text: 'a', signature: { issuer: 'gemini', value: 'GEM' } },
        ],
      },
      ...hi,
    ];
    expect(send({ messages }).sent.messages[1]!.content).toEqual([
      { type: 'thinking', thinking: 'mine', signature: 'SIG' },
      { type: 'redacted_thinking', data: 'HIDDEN' },
      { type: 'text', text: 'a' },
    ]);
    expect(send({ messages }, 'kimi-k3', { thinkingInHistory: 'keep' }).raw).not.toContain('GEM');
    expect(send({ messages }, 'kimi-k3', { thinkingInHistory: 'keep' }).sent.messages[1]!.content).toContainEqual({
      type: 'thinking',
      thinking: 'unsealed',
      signature: '',
    });
    expect(send({ messages }, OLD, { thinkingInHistory: 'strip' }).sent.messages[1]!.content).toEqual([
      { type: 'text', text: 'a' },
    ]);
  });

  test('no more than four marks go out: the first and the last', () => {
    const marked = (text: string) => ({ type: 'text' as const, text, cache: {} });
    const { sent } = send({
      messages: [
        { role: 'system', parts: [marked('s')] },
        { role: 'user', parts: ['a', 'b', 'c', 'd', 'e'].map(marked) },
      ],
    });
    expect(JSON.stringify(sent).match(/cache_control/g)).toHaveLength(4);
    expect((sent.messages[0]!.content as JsonObject[]).map((part) => 'cache_control' in part)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});

describe('tools', () => {
  test('#68 no tools is no choice, #72 a choice is said in the vendor’s words', () => {
    const choice = (toolChoice: ChatRequest['toolChoice'], more: Partial<ChatRequest> = {}) =>
      send({ tools: [tool], ...(toolChoice ? { toolChoice } : {}), ...more }).sent.tool_choice;
    expect(choice(undefined)).toBeUndefined();
    expect(choice({ type: 'auto' })).toEqual({ type: 'auto' });
    expect(choice({ type: 'none' })).toEqual({ type: 'none' });
    expect(choice({ type: 'required' }, { parallelToolCalls: false })).toEqual({
      type: 'any',
      disable_parallel_tool_use: true,
    });
    expect(choice({ type: 'tool', name: 'f' })).toEqual({ type: 'tool', name: 'f' });
    expect(choice(undefined, { parallelToolCalls: false })).toEqual({ type: 'auto', disable_parallel_tool_use: true });
    const { sent } = send({
      tools: [tool, { ...tool, name: 'g' }],
      toolChoice: { type: 'allowed', mode: 'required', names: ['g'] },
    });
    expect(sent).toMatchObject({ tools: [{ name: 'g' }], tool_choice: { type: 'any' } });
    expect(send({ tools: [], toolChoice: { type: 'required' }, parallelToolCalls: false }).sent).not.toHaveProperty(
      'tool_choice',
    );
  });

  test('#69 a history with calls brings its tools where the turn has none', () => {
    const { sent } = send({
      messages: [
        ...hi,
        { role: 'assistant', parts: [{ type: 'tool-call', id: 'c', name: 'gone', arguments: '{}' }] },
        { role: 'tool', results: [{ callId: 'c', parts: [] }] },
      ],
    });
    expect(sent.tools).toEqual([{ name: 'gone', input_schema: { type: 'object', properties: {} } }]);
    expect(sent.tool_choice).toEqual({ type: 'none' });
  });

  test('#70 a schema’s root is an object, and properties may be called like keywords', () => {
    const schemaOf = (schema: JsonObject) =>
      (send({ tools: [{ ...tool, schema }] }).sent.tools as JsonObject[])[0]!.input_schema;
    expect((send({ tools: [{ kind: 'function', name: 'f' }] }).sent.tools as JsonObject[])[0]!.input_schema).toEqual({
      type: 'object',
      properties: {},
    });
    expect(
      schemaOf({ anyOf: [{ properties: { a: {} }, required: ['a'] }, { properties: { title: { type: 'string' } } }] }),
    ).toEqual({
      type: 'object',
      properties: { a: {}, title: { type: 'string' } },
    });
    expect(
      schemaOf({
        $ref: '#/definitions/X',
        definitions: { X: { type: 'object', properties: { $schema: {} }, required: ['$schema'] } },
      }),
    ).toMatchObject({
      type: 'object',
      properties: { $schema: {} },
      required: ['$schema'],
    });
    const proto = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}');
    expect(JSON.stringify(schemaOf(proto))).toContain('"__proto__":{"type":"string"}');
  });

  test('#71 names the vendor refuses are changed everywhere, told apart, and remembered for the way back', () => {
    const long = (tail: string) => `${'mcp.server.'.repeat(8)}${tail}`;
    const { sent, memo } = send({
      tools: [
        { ...tool, name: 'a.b' },
        { ...tool, name: 'a:b' },
        { ...tool, name: long('read') },
        { ...tool, name: long('write') },
        { ...tool, name: '读取' },
        tool,
      ],
      toolChoice: { type: 'tool', name: 'a.b' },
      messages: [...hi, { role: 'assistant', parts: [{ type: 'tool-call', id: 'c', name: 'a.b', arguments: '{}' }] }],
    });
    const names = (sent.tools as JsonObject[]).map(({ name }) => name as string);
    expect(new Set(names).size).toBe(6);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(names[2]).toContain('read');
    expect(sent.tool_choice).toEqual({ type: 'tool', name: names[0] });
    expect(sent.messages[1]!.content).toMatchObject([{ name: names[0] }]);
    expect(names.map((name) => memo!.toolNames!.get(name) ?? name)).toEqual([
      'a.b',
      'a:b',
      long('read'),
      long('write'),
      '读取',
      'f',
    ]);
  });

  test('#74 strict goes where it is known, with a schema that can be obeyed', () => {
    const strict = {
      ...tool,
      strict: true,
      schema: { type: 'object', properties: { n: { type: 'integer', minimum: 1 } } },
    };
    expect(send({ tools: [strict] }).sent.tools).toEqual([
      {
        name: 'f',
        strict: true,
        input_schema: {
          type: 'object',
          properties: { n: { type: 'integer', description: 'minimum: 1' } },
          additionalProperties: false,
        },
      },
    ]);
    const old = send({ tools: [strict] }, 'claude-3-5-haiku-20241022');
    expect(old.sent.tools).toEqual([{ name: 'f', input_schema: strict.schema }]);
    expect(old.dropped).toEqual(['strict']);
  });

  test('#75 an answer’s schema is the model’s own means, or a tool it must call', () => {
    const format = {
      type: 'json-schema' as const,
      name: 'a',
      schema: { type: 'object', properties: { s: { type: 'string', pattern: 'x', title: 'T' } }, $schema: 'y' },
    };
    expect(send({ format }).sent.output_config).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { s: { type: 'string', title: 'T', description: 'pattern: "x"' } },
          additionalProperties: false,
        },
      },
    });
    const alone = send({ format }, 'glm-5');
    expect(alone.sent).toMatchObject({ tools: [{ name: 'json' }], tool_choice: { type: 'tool', name: 'json' } });
    expect(alone.memo).toEqual({ formatTool: 'json' });
    const beside = send({ format, tools: [{ ...tool, name: 'json' }] }, OLD, { answerSchema: 'tool' });
    expect(beside.sent).toMatchObject({
      tools: [{ name: 'json' }, { name: 'json_answer' }],
      tool_choice: { type: 'any' },
    });
    expect(send({ format: { type: 'json' } }).sent.system).toMatchObject([
      { text: expect.stringContaining('JSON object') },
    ]);
  });

  test('a tool of free text goes as a function with one argument; a vendor’s own tool is refused elsewhere', () => {
    const custom = send({
      tools: [{ kind: 'custom', name: 'sql' }],
      messages: [
        ...hi,
        {
          role: 'assistant',
          parts: [{ type: 'tool-call', kind: 'custom', id: 'c', name: 'sql', arguments: 'SELECT "1"' }],
        },
      ],
    });
    expect(custom.sent.tools).toMatchObject([{ name: 'sql', input_schema: { required: ['input'] } }]);
    expect(custom.sent.messages[1]!.content).toMatchObject([{ input: { input: 'SELECT "1"' } }]);
    expect(custom.memo).toEqual({ customTools: new Set(['sql']) });
    const search = {
      kind: 'native' as const,
      name: 'web_search_preview',
      native: { dialect: 'openai-responses', fields: {} },
    };
    expect(() => send({ tools: [tool, search] })).toThrow(expect.objectContaining({ param: 'tools[1]' }));
    const own = { type: 'web_search_20260318', name: 'web_search' };
    expect(
      send({ tools: [{ kind: 'native', name: own.type, native: { dialect: 'anthropic', fields: own } }] }).sent.tools,
    ).toEqual([own]);
  });
});

describe('thinking', () => {
  const effort = (level: string, model: string, more: Partial<ChatRequest> = {}) =>
    send({ reasoning: { effort: level }, ...more }, model);

  test('#83 an effort is an effort, a budget or nothing, as the model has it', () => {
    expect(effort('minimal', NEW).sent).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low' },
    });
    expect(effort('xhigh', NEW).sent.output_config).toEqual({ effort: 'xhigh' });
    expect(effort('low', OLD).sent.thinking).toEqual({ type: 'enabled', budget_tokens: 2048 });
    expect(effort('none', NEW).sent.thinking).toEqual({ type: 'disabled' });
    const blunt = effort('high', 'claude-3-5-haiku-20241022');
    expect(blunt.sent).not.toHaveProperty('thinking');
    expect(blunt.dropped).toEqual(['reasoning_effort']);
    expect(effort('high', 'some-model', {}).sent.thinking).toEqual({ type: 'enabled', budget_tokens: 4096 });
  });

  test('#83 a budget fits into the bound on the answer, which is raised where it is too small', () => {
    const budget = (tokens: number, maxTokens: number) =>
      send({ reasoning: { enabled: true, budget: tokens }, maxTokens }).sent;
    expect(budget(31_999, 32_000)).toMatchObject({ max_tokens: 32_000, thinking: { budget_tokens: 31_999 } });
    expect(budget(32_000, 8000)).toMatchObject({ max_tokens: 8000, thinking: { budget_tokens: 7999 } });
    expect(budget(10, 8000)).toMatchObject({ thinking: { budget_tokens: 1024 } });
    expect(budget(2000, 500)).toMatchObject({ max_tokens: 1524, thinking: { budget_tokens: 1024 } });
    expect(effort('high', OLD, { maxTokens: 4000 }).sent).toMatchObject({
      max_tokens: 4000,
      thinking: { budget_tokens: 2000 },
    });
  });

  test('a budget for a model that knows efforts becomes one', () => {
    expect(send({ reasoning: { enabled: true, budget: 31_999 } }, NEW).sent).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
  });

  test('#73 a tool that must be called rules thinking out, and that is said', () => {
    for (const model of [OLD, NEW]) {
      const { sent, dropped } = effort('high', model, { tools: [tool], toolChoice: { type: 'required' } });
      expect(sent).toMatchObject({ thinking: { type: 'disabled' }, tool_choice: { type: 'any' } });
      expect(dropped).toEqual(['reasoning_effort']);
    }
    expect(effort('high', NEW, { tools: [tool], toolChoice: { type: 'auto' } }).sent.thinking).toEqual({
      type: 'adaptive',
    });
  });

  test('#77 amid a loop whose thoughts are lost, a model with a budget does not think', () => {
    const loop = (thought: ChatRequest['messages'][number] & { role: 'assistant' }): ChatRequest['messages'] => [
      ...hi,
      thought,
      { role: 'tool', results: [{ callId: 'c', parts: [] }] },
    ];
    const call = { type: 'tool-call' as const, id: 'c', name: 'f', arguments: '{}' };
    const lost = loop({ role: 'assistant', parts: [call] });
    expect(effort('low', OLD, { messages: lost, tools: [tool] })).toMatchObject({
      sent: { thinking: { type: 'disabled' } },
      dropped: ['reasoning_effort'],
    });
    expect(effort('low', NEW, { messages: lost, tools: [tool] }).sent.thinking).toEqual({ type: 'adaptive' });
    const kept = loop({
      role: 'assistant',
      parts: [{ type: 'thinking', text: '', signature: { issuer: 'anthropic', value: 'S' } }, call],
    });
    expect(effort('low', OLD, { messages: kept, tools: [tool] }).sent.thinking).toMatchObject({ type: 'enabled' });
  });

  test('thinking and temperature do not go together, nor thinking and a begun answer', () => {
    const { sent, dropped } = effort('low', OLD, {
      temperature: 0,
      topP: 0.99,
      topK: 3,
      messages: [...hi, { role: 'assistant', parts: [{ type: 'text', text: 'a' }] }],
    });
    expect(sent).toMatchObject({ top_p: 0.99, thinking: { type: 'enabled' } });
    expect(dropped).toEqual(['temperature', 'top_k']);
    expect(sent.messages.at(-1)!.role).toBe('user');
  });
});
