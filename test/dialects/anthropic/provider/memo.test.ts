import { describe, expect, test } from 'vitest';
import { collectReply, replayReply } from '../../../../shared/chat/reply.ts';
import { anthropic } from '../held.ts';
import { block, call, context, messageEnd, messageStart, read, text } from '../reading.ts';

describe('undoing what the request changed', () => {
  const memo = { toolNames: new Map([['a_b_12345678', 'a.b']]), customTools: new Set(['free']), formatTool: 'json' };

  test('#71 names come back as the caller knows them, #25 unknown ones pass', () => {
    const stream =
      messageStart() + call(0, 'x', 'a_b_12345678', '{}') + call(1, 'y', 'made_up', '{}') + messageEnd('tool_use');
    expect(collectReply(read(stream, { ...context, memo })).choices[0]!.parts).toMatchObject([
      { name: 'a.b' },
      { name: 'made_up' },
    ]);
  });

  test('#75 the tool that stands for a format is the answer’s text, streamed and whole', () => {
    const stream = messageStart() + call(0, 'x', 'json', '{"a":', '1}') + messageEnd('tool_use');
    const events = read(stream, { ...context, memo });
    expect(events.filter(({ type }) => type === 'text')).toHaveLength(2);
    const expected = { parts: [{ type: 'text', text: '{"a":1}' }], finish: 'stop' };
    expect(collectReply(events).choices[0]).toEqual(expected);
    const body = { content: [{ type: 'tool_use', id: 'x', name: 'json', input: { a: 1 } }], stop_reason: 'tool_use' };
    expect(anthropic.readReply(body, { ...context, memo }).choices[0]).toEqual(expected);
  });

  test('a tool of free text gives its text, streamed and whole', () => {
    const stream = messageStart() + call(0, 'x', 'free', '{"input":"SELECT ', '\\"1\\""}') + messageEnd('tool_use');
    const expected = [{ type: 'tool-call', kind: 'custom', id: 'x', name: 'free', arguments: 'SELECT "1"' }];
    expect(collectReply(read(stream, { ...context, memo })).choices[0]!.parts).toEqual(expected);
    const body = {
      content: [{ type: 'tool_use', id: 'x', name: 'free', input: { input: 'SELECT "1"' } }],
      stop_reason: 'tool_use',
    };
    expect(anthropic.readReply(body, { ...context, memo }).choices[0]!.parts).toEqual(expected);
  });

  test('a whole reply and its stream say the same', () => {
    const body = {
      id: 'msg_1',
      model: 'claude-test-5',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'S' },
        { type: 'text', text: 'Hi' },
        { type: 'tool_use', id: 'a', name: 'f', input: { x: [1, null] } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 12, output_tokens: 15 },
    };
    const stream =
      messageStart().replace('msg_01XFDUDYJgAACzvnptvVoYEL', 'msg_1') +
      block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'hm' },
        { type: 'signature_delta', signature: 'S' },
      ) +
      text(1, 'Hi') +
      call(2, 'a', 'f', '{"x":', '[1,null]}') +
      messageEnd('tool_use');
    const reply = anthropic.readReply(body, context);
    expect(collectReply(read(stream))).toEqual(reply);
    expect(collectReply(replayReply(reply))).toEqual(reply);
  });
});
