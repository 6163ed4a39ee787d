import { expect, test } from 'vitest';
import { estimateInput } from '../../../shared/accounting/limits/estimate.ts';

test('a text is a quarter of its bytes, names of members included', () => {
  expect(estimateInput({ text: 'x'.repeat(396) })).toBe(100);
  expect(estimateInput({ text: '好'.repeat(132) })).toBe(100);
});

test('a picture costs the same whatever its size', () => {
  const url = `data:image/png;base64,${'A'.repeat(4_000_000)}`;
  expect(estimateInput([{ url }])).toBe(estimateInput([{ url: 'data:image/png;base64,AA' }]));
  expect(estimateInput(['A'.repeat(100_000)])).toBe(1_500);
});

test('a text that quotes the beginning of a picture is a text', () => {
  expect(estimateInput('See data:image/png;base64,AA')).toBe(7);
});

test('a long text with spaces is a text, wherever the first one stands', () => {
  expect(estimateInput('word '.repeat(1_000))).toBe(1_250);
  expect(estimateInput(`a ${'b'.repeat(3_998)}`)).toBe(1_000);
});

test('a text without spaces is media from a thousand characters on, whatever follows those', () => {
  expect(estimateInput('A'.repeat(999))).toBe(250);
  expect(estimateInput('A'.repeat(1_000))).toBe(1_500);
  expect(estimateInput(`${'QUJD'.repeat(400)}QQ==`)).toBe(1_500);
});

test('a number is a token, and what is neither text nor number nor a list of them is nothing', () => {
  expect(estimateInput([1, 20, 300_000])).toBe(3);
  expect(estimateInput([true, false, null, undefined])).toBe(0);
  expect(estimateInput(undefined)).toBe(0);
});

test('a body that is nested deeply or holds nothing is read all the same', () => {
  let deep: unknown = 'text';
  for (let level = 0; level < 50_000; level += 1) deep = [deep];
  expect(estimateInput(deep)).toBe(1);
  expect(estimateInput(null)).toBe(0);
});
