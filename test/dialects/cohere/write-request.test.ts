import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatRequest, Message, Tool } from '../../../shared/chat/request.ts';
import { cohere } from '../../../shared/dialects/cohere/dialect.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';
import { ask, failure, written } from './wire.ts';

const bodyOf = (request: Partial<ChatRequest>, traits: Traits = {}) => written(cohere, ask(request), traits).body;
const messagesOf = (messages: Message[], traits: Traits = {}) => bodyOf({ messages }, traits).messages;
const droppedOf = (request: Partial<ChatRequest>, traits: Traits = {}) => written(cohere, ask(request), traits).dropped;
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const tool = (name: string): Tool => ({
  kind: 'function',
  name,
  description: `Tells the ${name}.`,
  schema: { type: 'object' },
});
const pixel = 'iVBORw0KGgo=';

describe('a request to Cohere', () => {
  test('carries every parameter under its own name there', () => {
    const body = bodyOf({
      stream: true,
      maxTokens: 100,
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      frequencyPenalty: 0.1,
      presencePenalty: 0.2,
      seed: 7,
      stop: ['END'],
      logprobs: { top: 0 },
    });
    expect(body).toEqual({
      model: 'model-1',
      messages: [{ role: 'user', content: 'Hi' }],
      max_tokens: 100,
      temperature: 0.5,
      p: 0.9,
      k: 40,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      seed: 7,
      stop_sequences: ['END'],
      logprobs: true,
      stream: true,
    });
  });

  test('goes to /chat', () => {
    expect(cohere.path({ model: 'command-a', stream: true })).toBe('/chat');
  });

  test('#59 equal requests give equal bytes, and equal beginnings equal beginnings', () => {
    const text = (messages: Message[]) =>
      Buffer.from(cohere.writeRequest(ask({ messages }), { model: 'm', traits: {} }).body).toString();
    expect(text([user('a'), user('b')])).toBe(text([user('a'), user('b')]));
    expect(text([user('a'), user('b')]).startsWith(text([user('a')]).slice(0, -2))).toBe(true);
  });

  test('#84 the bound on tokens is left out where none is given, and kept below the most that the model can', () => {
    expect(bodyOf({})).not.toHaveProperty('max_tokens');
    expect(bodyOf({ maxTokens: 9000 }, { maxOutputTokens: 4096 }).max_tokens).toBe(4096);
    expect(bodyOf({ maxTokens: 90 }, { maxOutputTokens: 4096 }).max_tokens).toBe(90);
  });

  test('#85 empty stops are left out; more than five are refused', () => {
    expect(bodyOf({ stop: ['', 'END'] }).stop_sequences).toEqual(['END']);
    expect(bodyOf({ stop: [''] })).not.toHaveProperty('stop_sequences');
    expect(failure(() => bodyOf({ stop: ['1', '2', '3', '4', '5', '6'] }))).toMatchObject({
      kind: 'invalid_request',
      param: 'stop',
    });
  });

  test('#87 for several answers is refused', () => {
    expect(failure(() => bodyOf({ choices: 2 }))).toMatchObject({ param: 'n', code: 'unsupported_value', status: 400 });
    expect(bodyOf({ choices: 1 }).messages).toHaveLength(1);
  });

  test('#88 values outside of its ranges are moved into them; a penalty that asks for repetition is dropped', () => {
    expect(bodyOf({ topP: 1, topK: 1000, frequencyPenalty: 2 })).toMatchObject({
      p: 0.99,
      k: 500,
      frequency_penalty: 1,
    });
    expect(bodyOf({ topP: 0 }).p).toBe(0.01);
    expect(bodyOf({ presencePenalty: -1 })).not.toHaveProperty('presence_penalty');
    expect(droppedOf({ presencePenalty: -1 })).toEqual(['presence_penalty']);
  });

  test('names what it cannot carry', () => {
    const native = { dialect: 'openai-chat', fields: { logit_bias: { 1: 2 }, store: true, metadata: null } };
    const request = { native, endUser: 'u', serviceTier: 'auto', parallelToolCalls: false, logprobs: { top: 3 } };
    expect(droppedOf(request)).toEqual([
      'top_logprobs',
      'parallel_tool_calls',
      'user',
      'service_tier',
      'logit_bias',
      'store',
    ]);
    expect(droppedOf({ seed: 1, tools: [{ ...tool('f'), strict: true }] }, { drops: ['seed'] })).toEqual([
      'strict',
      'seed',
    ]);
    expect(bodyOf({ seed: 1 }, { drops: ['seed'] })).not.toHaveProperty('seed');
  });

  test.each(['audio', 'web_search_options'])('refuses %s: without it the answer would be another one', (name) => {
    const native = { dialect: 'openai-chat', fields: { [name]: {} } };
    expect(failure(() => bodyOf({ native }))).toMatchObject({ kind: 'invalid_request', param: name });
  });

  test('asks for JSON, with its schema where there is one', () => {
    const schema = { type: 'object', properties: { n: { type: 'number' } } };
    expect(bodyOf({ format: { type: 'json' } }).response_format).toEqual({ type: 'json_object' });
    expect(bodyOf({ format: { type: 'json-schema', name: 'n', schema } }).response_format).toEqual({
      type: 'json_object',
      json_schema: schema,
    });
    expect(bodyOf({ format: { type: 'text' } })).not.toHaveProperty('response_format');
  });

  test.each([
    [{ effort: 'none' }, { type: 'disabled' }],
    [{ enabled: false }, { type: 'disabled' }],
    [{ effort: 'low' }, { type: 'enabled', token_budget: 2048 }],
    [{ budget: 500 }, { type: 'enabled', token_budget: 500 }],
    [{ effort: 'max' }, { type: 'enabled' }],
  ])('switches thinking as %j says', (reasoning, thinking) => {
    expect(bodyOf({ reasoning }).thinking).toEqual(thinking);
  });
});

describe('tools for Cohere', () => {
  test('are written as functions, without parameters as an empty object', () => {
    expect(bodyOf({ tools: [tool('time'), { kind: 'function', name: 'clock' }] }).tools).toEqual([
      { type: 'function', function: { name: 'time', description: 'Tells the time.', parameters: { type: 'object' } } },
      { type: 'function', function: { name: 'clock', parameters: { type: 'object', properties: {} } } },
    ]);
  });

  test('#72 every choice among them has its form: a named tool is forced by offering no other', () => {
    const tools = [tool('a'), tool('b'), tool('c')];
    const offered = (toolChoice: ChatRequest['toolChoice'] & {}) => {
      const { tools: wire, tool_choice } = bodyOf({ tools, toolChoice });
      return [(wire as { function: { name: string } }[]).map(({ function: { name } }) => name).join(''), tool_choice];
    };
    expect(offered({ type: 'auto' })).toEqual(['abc', undefined]);
    expect(offered({ type: 'none' })).toEqual(['abc', 'NONE']);
    expect(offered({ type: 'required' })).toEqual(['abc', 'REQUIRED']);
    expect(offered({ type: 'tool', name: 'b' })).toEqual(['b', 'REQUIRED']);
    expect(offered({ type: 'allowed', mode: 'auto', names: ['a', 'c'] })).toEqual(['ac', undefined]);
    expect(offered({ type: 'allowed', mode: 'required', names: ['a'] })).toEqual(['a', 'REQUIRED']);
    expect(failure(() => offered({ type: 'tool', name: 'x' }))).toMatchObject({ param: 'tool_choice', status: 400 });
  });

  test('#68 that are none leave no trace', () => {
    const body = bodyOf({ tools: [], toolChoice: { type: 'required' } });
    expect(body).not.toHaveProperty('tools');
    expect(body).not.toHaveProperty('tool_choice');
  });

  test('of a kind it does not know are refused, naming the tool', () => {
    const custom: Tool = { kind: 'custom', name: 'shell' };
    const native: Tool = { kind: 'native', name: 'web_search', native: { dialect: 'openai-chat', fields: {} } };
    expect(failure(() => bodyOf({ tools: [tool('a'), custom] }))).toMatchObject({ param: 'tools[1]', status: 400 });
    expect(failure(() => bodyOf({ tools: [native] })).message).toContain('web_search');
  });
});

describe('messages for Cohere', () => {
  const call = (id: string, args = '{"city":"Paris"}') =>
    ({ type: 'tool-call', id, name: 'weather', arguments: args }) as const;
  const result = (callId: string, text: string) => ({ callId, parts: [{ type: 'text', text } as const] });

  test('keep images, by address and by bytes', () => {
    const parts = [
      { type: 'text', text: 'What is it?' },
      { type: 'image', source: { type: 'data', mediaType: 'image/png', data: pixel }, detail: 'low' },
      { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' }, detail: 'original' },
    ] as const;
    expect(messagesOf([{ role: 'user', parts: [...parts] }])[0]?.content).toEqual([
      { type: 'text', text: 'What is it?' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}`, detail: 'low' } },
      { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
    ]);
  });

  test.each([
    [{ type: 'audio', source: { type: 'data', mediaType: 'audio/wav', data: 'AAAA' } } as const],
    [{ type: 'file', source: { type: 'id', id: 'f' } } as const],
    [{ type: 'image', source: { type: 'id', id: 'f' } } as const],
    [{ type: 'native', native: { dialect: 'openai-chat', fields: { type: 'odd' } } } as const],
  ])('refuse what it has no form for, naming the part: %j', (part) => {
    const messages: Message[] = [user('Hi'), { role: 'user', parts: [{ type: 'text', text: 'x' }, part] }];
    expect(failure(() => messagesOf(messages))).toMatchObject({ param: 'messages[1].content[1]', status: 400 });
  });

  test('tell calls, the words beside them as the plan, and their results', () => {
    const said = [{ type: 'thinking', text: 'Hm.' } as const, { type: 'text', text: 'I look.' } as const];
    const messages: Message[] = [
      user('Weather?'),
      { role: 'assistant', parts: [...said, call('a'), call('b', '')] },
      { role: 'tool', results: [result('a', 'sunny'), { ...result('b', 'broken'), isError: true }] },
    ];
    const calls = [
      { id: 'a', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } },
      { id: 'b', type: 'function', function: { name: 'weather', arguments: '{}' } },
    ];
    expect(messagesOf(messages).slice(1)).toEqual([
      { role: 'assistant', tool_calls: calls, tool_plan: 'Hm.\nI look.' },
      { role: 'tool', tool_call_id: 'a', content: 'sunny' },
      { role: 'tool', tool_call_id: 'b', content: 'Error: broken' },
    ]);
    expect(messagesOf(messages, { thinkingInHistory: 'strip' })[1]?.tool_plan).toBe('I look.');
  });

  test('#20 wrap arguments that are no JSON object', () => {
    const messages: Message[] = [user('x'), { role: 'assistant', parts: [call('a', '{"city":"Pa')] }];
    const calls = messagesOf(messages)[1]!.tool_calls as { function: { arguments: string } }[];
    expect(JSON.parse(calls[0]!.function.arguments)).toEqual({ _raw: '{"city":"Pa' });
  });

  test('#64 show the images of results behind all results', () => {
    const image = { type: 'image', source: { type: 'data', mediaType: 'image/png', data: pixel } } as const;
    const messages: Message[] = [
      user('x'),
      { role: 'assistant', parts: [call('a'), call('b')] },
      { role: 'tool', results: [{ callId: 'a', parts: [image] }, result('b', 'ok')] },
    ];
    expect(messagesOf(messages).slice(2)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '[image returned, see next message]' },
      { role: 'tool', tool_call_id: 'b', content: 'ok' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } }] },
    ]);
  });

  test('#48 keep instructions in their place', () => {
    const system: Message = { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }], variant: 'developer' };
    expect(messagesOf([system, user('a'), system]).map(({ role }) => role)).toEqual(['system', 'user', 'system']);
  });

  test('#50 are never empty: what says nothing is left out, an empty result says that it is', () => {
    const empty: Message[] = [
      user('a'),
      { role: 'assistant', parts: [{ type: 'text', text: '' }] },
      { role: 'user', parts: [] },
      { role: 'system', parts: [] },
      { role: 'assistant', parts: [{ type: 'text', text: '' }, call('a')] },
      { role: 'tool', results: [{ callId: 'a', parts: [] }] },
    ];
    const messages = messagesOf(empty);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
    expect(messages[1]).not.toHaveProperty('content');
    expect(messages[2]?.content).toBe('(empty result)');
  });

  test('#52 get a result for every call and a call for every result', () => {
    const messages: Message[] = [
      { role: 'tool', results: [result('z', 'lost')] },
      { role: 'assistant', parts: [call('a'), call('b')] },
      { role: 'tool', results: [result('b', 'first'), result('x', 'stray')] },
      { role: 'tool', results: [result('b', 'second')] },
    ];
    expect(messagesOf(messages)).toMatchObject([
      { role: 'user', content: [{ text: '[tool result z]' }, { text: 'lost' }] },
      { role: 'assistant', tool_calls: [{ id: 'a' }, { id: 'b' }] },
      { role: 'tool', tool_call_id: 'a', content: 'Error: [no result: the call was interrupted]' },
      { role: 'tool', tool_call_id: 'b', content: 'second' },
      { role: 'user', content: [{ text: '[tool result x]' }, { text: 'stray' }] },
    ]);
  });

  test('#53 of the system alone are refused; an assistant may begin', () => {
    const system: Message = { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] };
    expect(failure(() => messagesOf([system]))).toMatchObject({ param: 'messages', status: 400 });
    expect(failure(() => messagesOf([user('')]))).toMatchObject({ param: 'messages', status: 400 });
    const assistant: Message = { role: 'assistant', parts: [{ type: 'text', text: 'Welcome.' }] };
    expect(messagesOf([assistant, user('Hi')])).toHaveLength(2);
  });
});

/** Conversations that both sides can say, for the way there and back. */
const words = fc.string({ minLength: 1, maxLength: 12 });
const turn = fc.oneof(
  fc.record({ role: fc.constant('user' as const), text: words }),
  fc.record({ role: fc.constant('assistant' as const), text: words }),
  fc.record({ role: fc.constant('system' as const), text: words }),
  fc.record({
    role: fc.constant('calls' as const),
    text: words,
    args: fc.dictionary(words, fc.jsonValue()),
    result: words,
  }),
);

describe('the way to Cohere', () => {
  test('keeps every word, call and result of a conversation in order', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 6 }), (turns) => {
        const messages: Message[] = turns.flatMap((said, n): Message[] => {
          if (said.role !== 'calls') return [{ role: said.role, parts: [{ type: 'text', text: said.text }] }];
          const call = { type: 'tool-call', id: `c${n}`, name: 'f', arguments: JSON.stringify(said.args) } as const;
          return [
            { role: 'assistant', parts: [{ type: 'text', text: said.text }, call] },
            { role: 'tool', results: [{ callId: `c${n}`, parts: [{ type: 'text', text: said.result }] }] },
          ];
        });
        const wire = messagesOf([...messages, user('end')]);
        expect(wire.slice(0, -1)).toEqual(
          turns.flatMap((said, n): object[] => {
            if (said.role !== 'calls') return [{ role: said.role, content: said.text }];
            const fn = { name: 'f', arguments: JSON.stringify(said.args) };
            return [
              {
                role: 'assistant',
                tool_calls: [{ id: `c${n}`, type: 'function', function: fn }],
                tool_plan: said.text,
              },
              { role: 'tool', tool_call_id: `c${n}`, content: said.result },
            ];
          }),
        );
      }),
      { numRuns: 100 },
    );
  });
});
