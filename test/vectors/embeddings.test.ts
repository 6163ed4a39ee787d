import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeVector, inputCount, splitInputs } from '../../shared/vectors/embeddings.ts';

const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 });

describe('a vector', () => {
  test('#90 is written as base64 of 32-bit floats, little end first, as numpy and the SDKs read it', () => {
    expect(encodeVector([1, -2.5], 'base64')).toBe('AACAPwAAIMA=');
    const values = [0.25, -0.5, 1e-3];
    expect(encodeVector(values, 'base64')).toBe(Buffer.from(Float32Array.from(values).buffer).toString('base64'));
  });

  test('#90 goes to base64 and back without a change', () => {
    fc.assert(
      fc.property(vector, (values) => {
        const back = encodeVector(encodeVector(values, 'base64'), 'float') as number[];
        expect(back.map((value) => value + 0)).toEqual(values.map((value) => value + 0));
      }),
      { numRuns: 100 },
    );
  });

  test('that is as asked for already stays the same', () => {
    const values = [1, 2];
    expect(encodeVector(values, 'float')).toBe(values);
    expect(encodeVector('AACAPw==', 'base64')).toBe('AACAPw==');
  });
});

describe('inputs', () => {
  test('are split into pieces of the size that is allowed, in order, none lost', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 20 }),
        (texts, most) => {
          const pieces = splitInputs({ type: 'texts', texts }, most);
          expect(pieces.flatMap((piece) => (piece.type === 'texts' ? piece.texts : []))).toEqual(texts);
          expect(pieces.every((piece) => inputCount(piece) >= 1 && inputCount(piece) <= most)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('that are tokens are split likewise', () => {
    expect(splitInputs({ type: 'tokens', lists: [[1], [2, 3], [4]] }, 2)).toEqual([
      { type: 'tokens', lists: [[1], [2, 3]] },
      { type: 'tokens', lists: [[4]] },
    ]);
  });
});
