import { expect, test } from 'vitest';
import { checkVectors } from '../../shared/vectors/check.ts';

test('vectors of numbers or base64 pass, one for each input', () => {
  const vectors = [[1, -0.5], 'AACAPw=='];
  expect(checkVectors(vectors, 2)).toBe(vectors);
  expect(checkVectors([], 0)).toEqual([]);
});

test.each<[unknown[], number, RegExp]>([
  [[[1]], 2, /1 embeddings for 2 inputs/],
  [[[1], [2]], 1, /2 embeddings for 1 inputs/],
  [[[]], 1, /no list of numbers/],
  [[''], 1, /no list of numbers/],
  [[[1, null]], 1, /no list of numbers/],
  [[{}], 1, /no list of numbers/],
  [[undefined], 1, /no list of numbers/],
])('%j are not the vectors of %d inputs', (vectors, count, message) => {
  expect(() => checkVectors(vectors, count)).toThrow(
    expect.objectContaining({ kind: 'upstream', message: expect.stringMatching(message) }),
  );
});
