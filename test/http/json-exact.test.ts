import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, jsonWith, readJsonBody, tryParseExact, wellFormedJson } from '../../shared/http/json.ts';

describe('numbers that JavaScript would change', () => {
  test('#60 integers of any length come out as they went in', () => {
    const number = fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String);
    fc.assert(
      fc.property(fc.array(number, { maxLength: 5 }), fc.jsonValue(), (numbers, other) => {
        const text = `{"a":[${numbers.join(',')}],"b":${JSON.stringify(other)}}`;
        expect(JSON.stringify(tryParseExact(text))).toBe(
          JSON.stringify({ a: 0, b: other }).replace('0', `[${numbers.join(',')}]`),
        );
        expect(JSON.stringify(readJsonBody(Buffer.from(text)).value)).toBe(JSON.stringify(tryParseExact(text)));
      }),
    );
  });

  test('numbers that fit stay numbers, texts of digits stay texts, no JSON is nothing', () => {
    const text = '{"a":9007199254740991,"b":0.1234567890123456789,"c":1e300}';
    expect(tryParseExact(text)).toEqual(JSON.parse(text));
    expect(tryParseExact('"12345678901234567890"')).toBe('12345678901234567890');
    expect(tryParseExact('{"a":12345678901234567890')).toBeUndefined();
  });

  test('a number kept exactly is no object to code that walks the value', () => {
    const { a } = tryParseExact('{"a":12345678901234567890}') as { a: unknown };
    expect(isJsonObject(a)).toBe(false);
    expect(JSON.stringify([a])).toBe('[12345678901234567890]');
  });
});

describe('JSON text', () => {
  test('a member is added as the text it is', () => {
    expect(jsonWith({}, 'a', '1.0')).toBe('{"a":1.0}');
    expect(jsonWith({ b: [1] }, 'a"', '{ "x":1 }')).toBe('{"b":[1],"a\\"":{ "x":1 }}');
  });

  test('#57 half characters are replaced, all else stays as it is', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud83d', '\ude00', '\\', '\\u', '\\ud83d', 'd83d')),
        ),
        (pieces) => {
          const words = pieces.join('');
          expect(JSON.parse(wellFormedJson(JSON.stringify({ words })))).toEqual({ words: words.toWellFormed() });
        },
      ),
      { numRuns: 200 },
    );
    expect(wellFormedJson('"\\uD83D\\uDE00 \\uDE00 \\\\ud83d"')).toBe('"\\uD83D\\uDE00 \\ufffd \\\\ud83d"');
  });
});
