import { describe, expect, test } from 'vitest';
import { callsOf, mapParts, mapTools, type Part, partsOf } from '../../shared/chat/map-parts.ts';
import type { Message, TextPart } from '../../shared/chat/request.ts';

const image = (url: string) => ({ type: 'image', source: { type: 'url', url } }) as const;
const text = (text: string): TextPart => ({ type: 'text', text });
const call = { type: 'tool-call', id: 'c1', name: 'look', arguments: '{}' } as const;

const messages: Message[] = [
  { role: 'system', parts: [text('Be brief.')], variant: 'developer' },
  { role: 'user', parts: [text('Look'), image('a')], name: 'Ann' },
  { role: 'assistant', parts: [image('b'), call] },
  {
    role: 'tool',
    results: [
      { callId: 'c1', parts: [text('one'), image('c')], isError: true },
      { callId: 'c2', parts: [image('d')] },
    ],
  },
];

const asWords = <Kind extends Part>(part: Kind): Kind | TextPart =>
  part.type === 'image' && part.source.type === 'url' ? text(`[${part.source.url}]`) : part;

describe('the parts of any message', () => {
  test('are listed in order, those of tool results included', () => {
    expect(messages.map((message) => partsOf(message).length)).toEqual([1, 2, 2, 3]);
    expect(partsOf(messages[3]!)).toEqual([text('one'), image('c'), image('d')]);
  });

  test('are replaced wherever they stand, and all else of the message stays', () => {
    expect(messages.map((message) => mapParts(message, asWords))).toEqual([
      { role: 'system', parts: [text('Be brief.')], variant: 'developer' },
      { role: 'user', parts: [text('Look'), text('[a]')], name: 'Ann' },
      { role: 'assistant', parts: [text('[b]'), call] },
      {
        role: 'tool',
        results: [
          { callId: 'c1', parts: [text('one'), text('[c]')], isError: true },
          { callId: 'c2', parts: [text('[d]')] },
        ],
      },
    ]);
  });

  test('are replaced in a copy: the message itself does not change', () => {
    const before = structuredClone(messages);
    for (const message of messages) mapParts(message, asWords);
    expect(messages).toEqual(before);
  });
});

describe('the tools of any message', () => {
  test('are called by the assistant only', () => {
    expect(messages.map(callsOf)).toEqual([[], [], [call], []]);
  });

  test('have their calls and their results replaced together', () => {
    const renamed = messages.map((message) =>
      mapTools(message, {
        call: (part) => ({ ...part, id: `x-${part.id}` }),
        result: (result, position) => ({ ...result, callId: `x-${result.callId}-${position}` }),
      }),
    );
    expect(renamed.slice(0, 2)).toEqual(messages.slice(0, 2));
    expect(renamed[2]).toEqual({ role: 'assistant', parts: [image('b'), { ...call, id: 'x-c1' }] });
    expect(renamed[3]).toMatchObject({ results: [{ callId: 'x-c1-0', isError: true }, { callId: 'x-c2-1' }] });
  });
});
