import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../shared/chat/events.ts';
import { GatewayError } from '../../shared/errors.ts';
import { cutStop } from '../../shared/transforms/cut-stop.ts';

function textOf(pieces: readonly string[], stops: readonly string[]): string {
  const filter = cutStop(stops);
  const events = [
    ...pieces.map((text): ChatEvent => ({ type: 'text', text })),
    { type: 'finish', reason: 'stop' } as ChatEvent,
  ];
  const given = [...events.flatMap((event) => filter.take(event)), ...filter.end()];
  expect(given.at(-1)?.type).toBe('finish');
  return given.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('');
}

describe('#86 a stop text that the provider leaves in', () => {
  test.each<[string[], string[], string]>([
    [['one END'], ['END'], 'one '],
    [['one E', 'N', 'D two'], ['END'], 'one '],
    [['one EN', ' two'], ['END'], 'one EN two'],
    [['one EN'], ['END'], 'one EN'],
    [['a\n\nb'], ['\n\n', 'b'], 'a'],
    [['END'], ['END'], ''],
  ])('%j with %j is read as %j', (pieces, stops, given) => expect(textOf(pieces, stops)).toBe(given));

  test('is cut at the same place however the text is cut', () => {
    const text = 'aabaabaaabbSTOPaab';
    fc.assert(
      fc.property(
        fc.array(fc.nat(text.length), { maxLength: 12 }),
        fc.subarray(['aaab', 'abb', 'STOP', 'bS'], { minLength: 1 }),
        (cuts, stops) => {
          const points = [...new Set([0, ...cuts, text.length])].sort((a, b) => a - b);
          const pieces = points.slice(1).map((point, index) => text.slice(points[index], point));
          expect(textOf(pieces, stops)).toBe(text.slice(0, Math.min(...stops.map((stop) => text.indexOf(stop)))));
        },
      ),
    );
  });

  test('ends only the choice it is in', () => {
    const filter = cutStop(['END']);
    const second = (text: string): ChatEvent => ({ type: 'text', text, choice: 1 });
    expect(filter.take(second('one END'))).toEqual([second('one ')]);
    expect(filter.take({ type: 'text', text: 'first' })).toEqual([{ type: 'text', text: 'first' }]);
    expect(filter.take(second(' two'))).toEqual([]);
  });

  test('that may still come is written before the error that ends the stream', () => {
    const filter = cutStop(['END']);
    const error: ChatEvent = { type: 'error', error: new GatewayError('upstream', 'It broke.') };
    expect(filter.take({ type: 'text', text: 'one EN' })).toEqual([{ type: 'text', text: 'one ' }]);
    expect(filter.take(error)).toEqual([{ type: 'text', text: 'EN' }, error]);
    expect(filter.end()).toEqual([]);
  });
});
