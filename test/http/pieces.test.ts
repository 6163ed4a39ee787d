import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pieces, tooManySmall, tooMuchFraming } from '../../shared/http/pieces.ts';

test('bytes in any number of pieces are joined in order, also when more come later', () => {
  const sizes = fc.array(fc.oneof(fc.nat(3), fc.nat(5_000)), { maxLength: 50 });
  fc.assert(
    fc.property(fc.nat(3_000), sizes, fc.nat(50), (single, others, readAfter) => {
      const parts = [...Array.from({ length: single }, () => 1), ...others].map((size, n) => Buffer.alloc(size, n));
      const held = pieces();
      parts.forEach((part, n) => {
        held.add(part);
        if (n === readAfter) held.joined();
      });
      expect(held.joined().equals(Buffer.concat(parts))).toBe(true);
      expect(held.length()).toBe(Buffer.concat(parts).length);
      held.clear();
      expect([held.length(), held.joined().length]).toEqual([0, 0]);
    }),
  );
});

test('two million pieces of one byte take little more memory than their bytes', () => {
  const held = pieces();
  const before = process.memoryUsage().rss;
  for (let n = 0; n < 2_000_000; n += 1) held.add(Buffer.from([n]));
  expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  expect(held.joined().length).toBe(2_000_000);
});

test('parts are all bytes in order, and a large piece is not copied', () => {
  const held = pieces();
  const large = Buffer.alloc(9);
  for (const piece of [...Array.from({ length: 1_500 }, (_, n) => Buffer.from([n])), large]) held.add(piece);
  expect(held.parts().length).toBeLessThan(500);
  expect(held.parts().at(-1)).toBe(large);
  expect(Buffer.concat(held.parts()).equals(held.joined())).toBe(true);
});

test('many pieces are too many only where they are small', () => {
  expect(tooManySmall(50_000, 50_000)).toBe(false);
  expect(tooManySmall(50_001, 50_001)).toBe(true);
  expect(tooManySmall(1_000_000, 32_000_000)).toBe(false);
  expect(tooManySmall(1_000_000, 31_999_999)).toBe(true);
});

test('the same is seen by what they take on the wire', () => {
  const wire = (chunks: number, size: number): [number, number] => [
    chunks * (size.toString(16).length + 4 + size),
    chunks * size,
  ];
  expect(tooMuchFraming(...wire(50_000, 1))).toBe(false);
  expect(tooMuchFraming(...wire(60_001, 1))).toBe(true);
  expect(tooMuchFraming(...wire(50_001, 31))).toBe(true);
  expect(tooMuchFraming(...wire(1_000_000, 32))).toBe(false);
});
