import { expect, test } from 'vitest';
import { tryParseExact } from '../../shared/http/json.ts';
import { markLongIntegers } from '../../shared/http/long-integers.ts';

const again = (text: string): string => JSON.stringify(tryParseExact(text));

test('long integers come back digit by digit, wherever they stand', () => {
  for (const text of [
    '12345678901234567890',
    '[-12345678901234567890,{"a":12345678901234567890,"b":["12345678901234567890",12345678901234567890]}]',
    '{"__proto__":12345678901234567890,"constructor":{"__proto__":12345678901234567890}}',
    '{"\\\\":"\\"","a":99999999999999999999}',
  ]) {
    expect(again(text)).toBe(text);
  }
});

test('a number of millions of digits comes back as it was written, whatever stands before its end', () => {
  const digits = '9'.repeat(8_000_000);
  for (const number of [digits, `-${digits}`]) expect(again(`{"a":${number}}`) === `{"a":${number}}`).toBe(true);
  expect(tryParseExact(`{"a":${digits}e1}`)).toEqual({ a: Number.POSITIVE_INFINITY });
  expect(tryParseExact(`{"a":${digits}-}`)).toBeUndefined();
  expect(tryParseExact(`{"a":0.${digits}}`)).toEqual({ a: 1 });
});

test('the first integers beyond 2^53 are kept, those up to it are numbers', () => {
  expect(markLongIntegers('[9007199254740991,-9007199254740991,1000000000000000]')).toBeUndefined();
  for (const text of ['[9007199254740993]', '[-9007199254740993]', '[10000000000000001]'])
    expect(again(text)).toBe(text);
});

test('other numbers and texts without one are left to the parser', () => {
  expect(
    markLongIntegers('[1, 2.1234567890123456789, 1e30, 9007199254740991, "12345678901234567890"]'),
  ).toBeUndefined();
  expect(again('[1.0000000000000000001,12345678901234567890]')).toBe('[1,12345678901234567890]');
});

test('what is no JSON does not become it', () => {
  for (const text of [
    '{12345678901234567890:1}',
    '{12345678901234567890 :1}',
    '[01234567890123456789]',
    '[12345678901234567890',
    '[--12345678901234567890]',
    '["a" 12345678901234567890]',
    '"12345678901234567890',
  ]) {
    expect(tryParseExact(text), text).toBeUndefined();
  }
});

test('one long integer among a million values does not stop the process for seconds', () => {
  const started = performance.now();
  expect(tryParseExact(`[12345678901234567890${',1'.repeat(1_000_000)}]`)).toHaveLength(1_000_001);
  expect(performance.now() - started).toBeLessThan(900);
});
