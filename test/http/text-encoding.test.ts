import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textEncoding } from '../../shared/http/text-encoding.ts';

const written = (write: (text: ReturnType<typeof textEncoding>) => void): string => {
  const text = textEncoding();
  write(text);
  return Buffer.from(text.bytes()).toString();
};

test('texts and strings of any length are written as JSON writes them', () => {
  const unit = fc.constantFrom('a', 'é', '日', '🎉', '"', '\\', '\0', '\n', '\ud83c', '\udf89');
  const long = fc.tuple(fc.integer({ min: 0, max: 70_000 }), fc.string({ unit, maxLength: 20 }), unit);
  fc.assert(
    fc.property(fc.array(long, { maxLength: 4 }), (parts) => {
      const strings = parts.map(([count, some, one]) => 'x'.repeat(65_528) + some + one.repeat(count));
      const got = written((text) => {
        for (const string of strings) {
          text.add('[');
          text.addString(string);
          text.add(']'.repeat(3));
        }
      });
      expect(got === strings.map((string) => `[${JSON.stringify(string)}]]]`).join('')).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('nothing gives no bytes, and long texts come between short ones in their order', () => {
  expect(written(() => {})).toBe('');
  const long = '日'.repeat(100_000);
  expect(
    written((text) => {
      for (const piece of ['a', long, 'b', long, '']) text.add(piece);
    }) === `a${long}b${long}`,
  ).toBe(true);
});
