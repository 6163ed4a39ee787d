import fc from 'fast-check';
import { expect, test } from 'vitest';
import { viewsOf } from '../../../shared/gateway/masking/text-views.ts';

/** What of the original a found text was read from, by every view that shows it. */
const placesOf = (text: string, wanted: string): string[] =>
  viewsOf(text).flatMap((view) => {
    const at = view.text.indexOf(wanted);
    if (at === -1) return [];
    const places = [...wanted].flatMap((_, index) => [view.from[at + index]!, view.to[at + index]!]);
    return [text.slice(Math.min(...places), Math.max(...places))];
  });

test.each([
  ['say Secret!', 'Secret'],
  ['say terceS!', 'terceS'],
  [`say ${btoa('Secret')}!`, btoa('Secret')],
  [`say ${btoa('a:Secret').replace('=', '')}!`, 'pTZWNyZXQ'],
  ['say U2Vj\n cmV0!', 'U2Vj\n cmV0'],
  ['say 536563726574!', '536563726574'],
  ['say 0x53, 0x65, 0x63, 0x72, 0x65, 0x74!', '53, 0x65, 0x63, 0x72, 0x65, 0x74'],
  ['say \\u0053\\u0065\\u0063\\u0072\\u0065\\u0074!', '53\\u0065\\u0063\\u0072\\u0065\\u0074'],
])('in %j the word is found where it is written', (text, place) => {
  expect(placesOf(text, 'secret')).toEqual([place]);
});

test('each view has a place in the text for each of its characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const view of viewsOf(text)) {
        expect([view.from.length, view.to.length]).toEqual([view.text.length, view.text.length]);
        expect(view.to.every((end, at) => end >= view.from[at]! && end <= text.length)).toBe(true);
      }
    }),
  );
});
