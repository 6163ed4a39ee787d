import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tryParseJson, tryParseLenient } from '../../shared/http/json.ts';

/** What the scanner does, as an expression: short to read, and of quadratic time on long texts. */
function byExpression(text: string): unknown {
  const odd = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;
  const mended = text.replace(odd, (found) =>
    found.startsWith('"') ? found : found.startsWith('-') ? '-9999' : 'null',
  );
  return tryParseJson(text) ?? tryParseJson(mended);
}

describe('JSON text with NaN and Infinity', () => {
  test('reads as the expression reads it', () => {
    const token = fc.constantFrom(
      ...['NaN', '-NaN', 'Infinity', '-Infinity', 'Inf', 'N', '-', '1', '_', 'e', 'é', ' ', '\n', 'null'],
      ...['"', '\\', '"NaN"', '"\\"NaN"', '"-Infinity\\\\"', '[', ']', '{', '}', ',', ':', '"a":', '"a":NaN'],
    );
    const list = fc.array(token, { maxLength: 6 }).map((tokens) => `[${tokens.join('')}]`);
    const loose = fc.array(token, { maxLength: 10 }).map((tokens) => tokens.join(''));
    fc.assert(
      fc.property(fc.oneof(list, loose), (text) => {
        expect(tryParseLenient(text)).toEqual(byExpression(text));
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['[NaN,-NaN,Infinity,-Infinity]', [null, -9999, null, -9999]],
    ['{"a":"NaN \\" NaN","b":NaN}', { a: 'NaN " NaN', b: null }],
    ['[aNaN]', undefined],
    ['[-NaN5]', undefined],
  ])('%s', (text, value) => expect(tryParseLenient(text)).toEqual(value));

  test.each([
    ['quotes', '"'],
    ['escaped quotes', '\\"'],
    ['backslashes', '\\'],
    ['words', 'NaN'],
    ['minus signs', '-'],
  ])('a text of 10 MB of %s costs linear time', (_, piece) => {
    const text = `[NaN,"${piece.repeat(10_000_000 / piece.length)}`;
    const before = process.cpuUsage();
    expect(tryParseLenient(text)).toBeUndefined();
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });
});
