import { expect, test } from 'vitest';
import { tokenCount } from '../../shared/chat/usage.ts';

test.each([
  [12, 12],
  ['12', 12],
  [1.6, 2],
  [-3, 0],
  [1_000_000_000, 1_000_000_000],
  [1_000_000_001, undefined],
  [1e300, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  ['many', undefined],
  ['', undefined],
  [null, undefined],
])('a provider’s count %j is read as %j', (value, count) => {
  expect(tokenCount(value)).toBe(count);
});
