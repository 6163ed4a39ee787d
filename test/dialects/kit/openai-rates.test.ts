import { expect, test } from 'vitest';
import { duration } from '../../../shared/dialects/kit/openai/rates.ts';

test.each([
  [0, '0s'],
  [20, '20ms'],
  [1_000, '1s'],
  [8_640, '8.64s'],
  [360_000, '6m0s'],
  [61_500, '1m1.5s'],
  [3_603_000, '1h0m3s'],
  [-5, '0s'],
])('%d ms are written %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
