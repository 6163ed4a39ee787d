import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeJson } from '../../shared/http/encode-json.ts';
import { tryParseExact } from '../../shared/http/json.ts';

const encoded = (value: object): string => Buffer.from(encodeJson(value)).toString();

test('a value comes out as JSON.stringify writes it, with a long string in it or without', () => {
  const long = 'a🎉'.repeat(50_000);
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.string({ unit: 'binary' }),
      fc.constantFrom(null, undefined, 1.5, Number.NaN, true, '', '"', long),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'binary' }), tie('any'), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(
    fc.property(value, fc.constantFrom('short', long), (inner, text) => {
      const whole = { inner, text };
      expect(encoded(whole) === Buffer.from(JSON.stringify(whole)).toString()).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('a long integer is written digit by digit beside a long string', () => {
  const text = `{"a":12345678901234567890,"b":"${'b'.repeat(100_000)}"}`;
  expect(encoded(tryParseExact(text) as object) === text).toBe(true);
});
