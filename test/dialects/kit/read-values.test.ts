import { expect, test } from 'vitest';
import { entryOf, wordOf } from '../../../shared/dialects/kit/read-values.ts';

test('a word is a text or a number as one; objects and nothing are an empty text, whatever their toString', () => {
  expect(['a', 1.5, true, null, undefined, [], {}, { toString: 1 }].map(wordOf)).toEqual([
    'a',
    '1.5',
    'true',
    '',
    '',
    '',
    '',
    '',
  ]);
});

test('a table has the entries that were put there, and none that every object inherits', () => {
  expect(entryOf({ stop: 1 }, 'stop')).toBe(1);
  for (const name of ['constructor', 'toString', '__proto__', 3, null])
    expect(entryOf({ stop: 1 }, name)).toBeUndefined();
});
