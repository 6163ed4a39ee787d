import { expect, test } from 'vitest';
import { tryParseExact, tryParseJson } from '../../shared/http/json.ts';
import { isTooDeep } from '../../shared/http/json-depth.ts';

test('a text is too deep beyond the bound, in brackets and in braces', () => {
  expect(isTooDeep('['.repeat(50) + ']'.repeat(50), 50)).toBe(false);
  expect(isTooDeep('['.repeat(51) + ']'.repeat(51), 50)).toBe(true);
  expect(isTooDeep(`${'{"a":'.repeat(51)}1${'}'.repeat(51)}`, 50)).toBe(true);
  expect(isTooDeep(`[${'[],'.repeat(100)}1]`, 50)).toBe(false);
});

test('brackets within strings do not count, nor quotes that are escaped', () => {
  expect(isTooDeep(JSON.stringify(['['.repeat(100), `\\"${'['.repeat(100)}`]), 50)).toBe(false);
  expect(isTooDeep(`["${'['.repeat(100)}`, 50)).toBe(false);
});

test('31 MB of brackets are refused before they are parsed', () => {
  const started = performance.now();
  expect(tryParseJson('['.repeat(31_000_000))).toBeUndefined();
  expect(tryParseExact(`[1234567890123456789,${'['.repeat(1_000_000)}`)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(500);
});
