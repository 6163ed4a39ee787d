import { expect, test } from 'vitest';
import { foldedSeed } from '../../shared/transforms/fold-seed.ts';
import { requestOf } from './requests.ts';

/** The seed as a model with seeds from 1 to `mostSeed` gets it; nothing where it passes as it is. */
function fold(seed: number | undefined, traits: { mostSeed?: number } = { mostSeed: 10_000 }) {
  const call = { request: () => requestOf(seed === undefined ? {} : { seed }) };
  const target = { traits };
  return foldedSeed.wanted(call, target) ? foldedSeed.request!(call, target)?.request.seed : undefined;
}

test.each([
  [0, 1],
  [10_001, 2],
  [-1, 2],
  [-10_000, 1],
  [2 ** 40, 7777],
  [0.5, 1],
])('a seed of %d becomes %d', (seed, folded) => expect(fold(seed)).toBe(folded));

test.each([undefined, 1, 10_000])('a seed of %j stays as it is', (seed) => expect(fold(seed)).toBeUndefined());

test('where a model takes any seed, none is folded', () => {
  expect(fold(-5, {})).toBeUndefined();
});
