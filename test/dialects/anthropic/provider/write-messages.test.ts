import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../../../shared/chat/request.ts';
import type { JsonObject } from '../../../../shared/http/json.ts';
import { hi, NEW, send, tool } from '../sending.ts';

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

  test('#76 ids the vendor refuses are changed in call and result alike, and equal ones are made different', () => {
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
});
