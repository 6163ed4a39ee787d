import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../shared/chat/request.ts';
import { cohere } from '../../../shared/dialects/cohere/provider/dialect.ts';
import type { Traits } from '../../../shared/dialects/traits.ts';
import { ask, failure, written } from './wire.ts';

const messagesOf = (messages: Message[], traits: Traits = {}) =>
  written(cohere, ask({ messages }), traits).body.messages;
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const pixel = 'iVBORw0KGgo=';

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

  test('hold calls, the words beside them as the plan, and their results', () => {
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
    expect(messagesOf(messages, { thinkingHistory: 'strip' })[1]?.tool_plan).toBe('I look.');
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

  test('#57 half characters of a cut tool output become whole ones', () => {
    const request = ask({ messages: [user('a\ud83d b')] });
    const text = Buffer.from(cohere.writeRequest(request, { model: 'm', traits: {} }).body).toString('utf8');
    expect(text).toContain('"a\\ufffd b"');
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
