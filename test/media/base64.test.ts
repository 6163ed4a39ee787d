import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Writer, measureBase64 } from '../../shared/media/base64.ts';

test('base64 made of pieces is that of the whole, with its count and digest', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
  fc.assert(
    fc.property(pieces, fc.nat({ max: 400 }), (list, expected) => {
      const writer = base64Writer(expected);
      for (const piece of list) writer.add(Buffer.from(piece));
      const whole = Buffer.concat(list);
      const measured = { bytes: whole.length, digest: createHash('sha256').update(whole).digest('hex') };
      expect(writer.end()).toEqual({ data: whole.toString('base64'), ...measured });
      expect(measureBase64(whole.toString('base64'))).toEqual(measured);
    }),
  );
  const large = randomBytes(1_000_001);
  expect(measureBase64(large.toString('base64'))).toEqual({
    bytes: large.length,
    digest: createHash('sha256').update(large).digest('hex'),
  });
});
