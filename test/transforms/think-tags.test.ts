import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../shared/chat/events.ts';
import { collectReply } from '../../shared/chat/reply.ts';
import { filterReply } from '../../shared/transforms/event-filter.ts';
import { thinkTags } from '../../shared/transforms/think-tags.ts';

const start: ChatEvent = { type: 'start', id: 'a', model: 'm' };
const finish: ChatEvent = { type: 'finish', reason: 'stop' };

/** The parts of an answer that comes in these pieces. */
function partsOf(pieces: readonly string[], opening: 'written' | 'implied' = 'written') {
  const filter = thinkTags(opening);
  const events = [start, ...pieces.map((text): ChatEvent => ({ type: 'text', text })), finish];
  const given = [...events.flatMap((event) => filter.take(event)), ...filter.end()];
  return collectReply(given).choices[0]!.parts.map((part) => [part.type, 'text' in part ? part.text : '']);
}

describe('#81 thinking in tags', () => {
  test.each<[string, string[], [string, string][]]>([
    [
      'are thinking',
      ['<think>hm</think>\n\nYes'],
      [
        ['thinking', 'hm'],
        ['text', 'Yes'],
      ],
    ],
    [
      'wherever the tags are cut',
      ['<th', 'ink>h', 'm</', 'thi', 'nk>', '\n', 'Y', 'es'],
      [
        ['thinking', 'hm'],
        ['text', 'Yes'],
      ],
    ],
    ['that are never closed are thinking to the end', ['<think>hm</thin'], [['thinking', 'hm</thin']]],
    ['later in the answer are words', ['Use <think>this</think>.'], [['text', 'Use <think>this</think>.']]],
    ['that only began are words', ['<thi'], [['text', '<thi']]],
    [
      'with words like a tag inside',
      ['<think>a < b</thought></think>c'],
      [
        ['thinking', 'a < b</thought>'],
        ['text', 'c'],
      ],
    ],
    ['that are empty are none', ['<think></think>Yes'], [['text', 'Yes']]],
  ])('%s', (_, pieces, parts) => expect(partsOf(pieces)).toEqual(parts));

  test('whose opening tag the template has are thinking from the start', () => {
    expect(partsOf(['hm</think>Yes'], 'implied')).toEqual([
      ['thinking', 'hm'],
      ['text', 'Yes'],
    ]);
  });

  test('are the same however the text is cut, and in a whole reply', () => {
    const text = '  <think>a</think >b<think></think>\n c <think>d</think>';
    const whole = partsOf([text]);
    const reply = {
      id: 'a',
      model: 'm',
      choices: [{ parts: [{ type: 'text' as const, text }], finish: 'stop' as const }],
    };
    expect(
      filterReply(reply, thinkTags('written')).choices[0]!.parts.map((part) => [
        part.type,
        'text' in part ? part.text : '',
      ]),
    ).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const points = [...new Set([0, ...cuts, text.length])].sort((a, b) => a - b);
        expect(partsOf(points.slice(1).map((point, index) => text.slice(points[index], point)))).toEqual(whole);
      }),
    );
  });

  test('are emitted before a call for a tool', () => {
    const filter = thinkTags('written');
    const call: ChatEvent = { type: 'tool-call', index: 0, id: 'c', name: 'f' };
    expect([{ type: 'text', text: '<think>hm' } as ChatEvent, call].flatMap((event) => filter.take(event))).toEqual([
      { type: 'thinking', text: 'hm' },
      call,
    ]);
  });
});
