import { expect, test } from 'vitest';
import { retryAfterOf } from '../../shared/upstream/retry-after.ts';

const now = Date.UTC(2026, 10, 21, 12, 0, 0);

test.each<[Record<string, string>, number | undefined]>([
  [{}, undefined],
  [{ 'retry-after': '7' }, 7],
  [{ 'retry-after': '0.5' }, 0.5],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '61' }, 60],
  [{ 'retry-after': '-3' }, 0],
  [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:09 GMT' }, 9],
  [{ 'retry-after': 'Sat, 21 Nov 2026 11:59:00 GMT' }, 0],
  [{ 'retry-after': 'Sat, 21 Nov 2026 13:00:00 GMT' }, 60],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{ 'retry-after-ms': '1500' }, 1.5],
  [{ 'retry-after-ms': '90000' }, 60],
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 0.25],
  [{ 'retry-after-ms': 'soon', 'retry-after': '9' }, 9],
  [{ 'retry-after-ms': '', 'retry-after': '9' }, 9],
])('the headers %j ask to wait for %j seconds', (headers, seconds) => {
  expect(retryAfterOf(headers, now)).toBe(seconds);
});
