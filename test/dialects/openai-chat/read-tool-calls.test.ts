import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../shared/chat/events.ts';
import { collectReply } from '../../../shared/chat/reply.ts';
import { chunk } from '../../support/provider.ts';
import { read, tool } from './reading.ts';

const done = `${chunk({}, 'tool_calls')}data: [DONE]\n\n`;
const calls = (text: string) =>
  collectReply(read(text)).choices[0]!.parts.flatMap((part) =>
    part.type === 'tool-call' ? [[part.id, part.name, part.arguments]] : [],
  );
const last = (text: string): ChatEvent | undefined => read(text).at(-1);

describe('tool calls in a stream', () => {
  test('#13 parallel calls that all carry index 0 stay apart by their ids', () => {
    const text = [
      tool({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }),
      tool({ index: 0, id: 'b', type: 'function', function: { name: 'g', arguments: '{"y"' } }),
      tool({ index: 0, id: 'b', function: { arguments: ':2}' } }),
      done,
    ];
    expect(calls(text.join(''))).toEqual([
      ['a', 'f', '{"x":1}'],
      ['b', 'g', '{"y":2}'],
    ]);
  });

  test('#13 indexes that start at 1, or are missing, become 0, 1, …', () => {
    const text =
      tool({ index: 1, id: 'a', function: { name: 'f', arguments: '{}' } }) +
      tool({ id: 'b', function: { name: 'g', arguments: '{' } }) +
      tool({ function: { arguments: '}' } }) +
      done;
    const indexes = read(text).flatMap((event) => (event.type === 'tool-call' ? [event.index] : []));
    expect(indexes).toEqual([0, 1]);
    expect(calls(text)).toEqual([
      ['a', 'f', '{}'],
      ['b', 'g', '{}'],
    ]);
  });

  test('#13 parallel calls without ids on one index stay apart when the first is complete', () => {
    const text =
      tool({ index: 0, id: '', function: { name: 'f', arguments: '{"x":1}' } }) +
      tool({ index: 0, id: '', function: { name: 'g', arguments: '{"y":2}' } }) +
      done;
    expect(calls(text)).toEqual([
      ['call_abc123_0', 'f', '{"x":1}'],
      ['call_abc123_1', 'g', '{"y":2}'],
    ]);
  });

  test('#14 an id and a name repeated, or empty, on every delta are one call', () => {
    const again =
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }) +
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '"x"' } }) +
      tool({ index: 0, id: '', function: { name: '', arguments: ':1' } }) +
      tool({ index: 0, id: '', function: { name: null, arguments: '}' } });
    expect(calls(again + done)).toEqual([['a', 'f', '{"x":1}']]);
  });

  test('#15 a call whose name comes late is emitted when the name is there', () => {
    const text =
      tool({ index: 0, id: 'a', function: { arguments: '{"x"' } }) +
      tool({ index: 0, function: { name: 'f', arguments: ':1}' } }) +
      done;
    expect(calls(text)).toEqual([['a', 'f', '{"x":1}']]);
  });

  test('#16 arguments in the chunk of the finish, and after it, are kept', () => {
    const call = tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } });
    const text =
      call +
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':' } }] }, 'tool_calls') +
      tool({ index: 0, function: { arguments: '1}' } }) +
      'data: [DONE]\n\n';
    expect(calls(text)).toEqual([['a', 'f', '{"x":1}']]);
  });

  test.each(['', 'null', '"null"', undefined])('#17 arguments %j are an empty object', (value) => {
    const text = value === '"null"' ? 'null' : value === 'null' ? null : value;
    expect(calls(tool({ index: 0, id: 'a', function: { name: 'f', arguments: text } }) + done)).toEqual([
      ['a', 'f', '{}'],
    ]);
  });

  test('#18 arguments that are valid early go on all the same', () => {
    const text =
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '1' } }) +
      tool({ index: 0, function: { arguments: '2' } }) +
      done;
    expect(calls(text)).toEqual([['a', 'f', '12']]);
  });

  test('#19 #20 fragments are joined as they are, cut inside an escape or unfinished', () => {
    const text =
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":"\\ud83d' } }) +
      tool({ index: 0, function: { arguments: '\\ude00' } }) +
      done;
    expect(calls(text)).toEqual([['a', 'f', '{"x":"\\ud83d\\ude00']]);
  });

  test('#22 text may follow a call', () => {
    const text =
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }) + chunk({ content: 'so' }) + done;
    expect(collectReply(read(text)).choices[0]!.parts.map(({ type }) => type)).toEqual(['tool-call', 'text']);
  });

  test('#26 a stop after calls is a call for tools', () => {
    const text = `${tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }) + chunk({}, 'stop')}data: [DONE]\n\n`;
    expect(last(text)).toEqual({ type: 'finish', reason: 'tool-calls' });
  });

  test('both calls complete in one delta that carries the finish too (Ark)', () => {
    const both = [
      { index: 0, id: 'a', function: { name: 'f', arguments: '{}' } },
      { index: 1, id: 'b', function: { name: 'g', arguments: '{}' } },
    ];
    expect(calls(`${chunk({ role: 'assistant', tool_calls: both }, 'tool_calls')}data: [DONE]\n\n`).length).toBe(2);
  });

  test('#21 two calls run into one are an error, never one call with the arguments of two', () => {
    const merged = tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}{"y"' } });
    expect(() => read(merged + done)).toThrow(/several calls of 'f' into one/);
    const apart =
      tool({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":"}{"} ' } }) +
      tool({ index: 0, function: { arguments: '\n' } });
    expect(calls(apart + done)).toEqual([['a', 'f', '{"x":"}{"} \n']]);
  });
});
