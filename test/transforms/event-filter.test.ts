import { expect, test } from 'vitest';
import type { ChatEvent } from '../../shared/chat/events.ts';
import { type EventFilter, filterReply, inTurn, openEnd } from '../../shared/transforms/event-filter.ts';
import { textEvent } from './requests.ts';

/** Holds back each text until the next one, and marks it. */
function slow(mark: string): EventFilter {
  let held: ChatEvent | undefined;
  const release = (): ChatEvent[] => (held ? [held] : []);
  return {
    take(event) {
      if (event.type !== 'text') return event.type === 'finish' ? [...this.end(), event] : [event];
      const released = release();
      held = textEvent(event.text + mark);
      return released;
    },
    end() {
      const released = release();
      held = undefined;
      return released;
    },
  };
}

const textsOf = (events: readonly ChatEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'text' ? [event.text] : []));

test('filters in turn each see what the one before let pass, in its order', () => {
  const both = inTurn([slow('1'), slow('2')]);
  const taken = ['a', 'b', 'c'].flatMap((text) => both.take(textEvent(text)));
  expect(textsOf(taken)).toEqual(['a12']);
  expect(textsOf(both.end())).toEqual(['b12', 'c12']);
});

test('no filter lets all pass', () => {
  expect(inTurn([]).take(textEvent('a'))).toEqual([textEvent('a')]);
  expect(inTurn([]).end()).toEqual([]);
});

test('a whole reply goes through a filter as its stream would', () => {
  const reply = {
    id: 'x',
    model: 'm',
    choices: [{ parts: [textEvent('a') as { type: 'text'; text: string }], finish: 'stop' as const }],
  };
  expect(filterReply(reply, slow('!')).choices).toEqual([{ parts: [{ type: 'text', text: 'a!' }], finish: 'stop' }]);
});

test.each<[string, string[], number]>([
  ['one E', ['END'], 1],
  ['one EN', ['END'], 2],
  ['one END', ['END'], 0],
  ['E', ['END'], 1],
  ['', ['END'], 0],
  ['one', ['END'], 0],
  ['aa', ['aaab'], 2],
  ['x<', ['</think>', '<b>'], 1],
  ['any', [], 0],
])('of %j, what may be the beginning of one of %j is held back: %d characters', (text, words, length) => {
  expect(openEnd(text, words)).toBe(length);
});
