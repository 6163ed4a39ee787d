import { expect, test } from 'vitest';
import { ownWordsOf } from '../../../shared/gateway/masking/own-words.ts';

const words = ownWordsOf({
  stop: ['k-pr', 'oj\n-A1'],
  user: 'Ann-Smith',
  'x-field-1': { deep: [[{ n: 12345678 }]] },
  none: null,
});

test.each(['Ann-Smith', 'ann-SMITH', 'x-field', '12345678', 'k-pr', 'k-proj-A', 'annsmith', 'a-n-n s-m-i-t-h'])(
  '%s was written by the caller',
  (text) => expect(words.include(text)).toBe(true),
);

test.each(['k-proj-B', 'Bob', 'a.n.n', '--------', 'undefined'])('%s was not', (text) => {
  expect(words.include(text)).toBe(false);
  expect(ownWordsOf(undefined).include(text)).toBe(false);
});
