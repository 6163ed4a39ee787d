import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pieces } from '../../shared/http/pieces.ts';

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
