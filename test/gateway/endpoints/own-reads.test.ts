import { expect, test } from 'vitest';
import { createOwnReads } from '../../../shared/gateway/endpoints/own-reads.ts';
import { keyCaller } from '../../support/callers.ts';

test('a caller reads sixty times at once, then once a second, and others and the master key are not held up', () => {
  let now = 1_000_000;
  const check = createOwnReads({ now: () => now });
  const caller = keyCaller();
  for (let reads = 0; reads < 60; reads += 1) check(caller);
  const refused = expect.objectContaining({ kind: 'rate_limited', code: 'rate_limit_exceeded', retryAfter: 1 });
  expect(() => check(caller)).toThrow(refused);
  expect(() => check(caller)).toThrow(refused);
  check({ ...caller, id: 'key_00000002' });
  for (let reads = 0; reads < 200; reads += 1) check({ type: 'master' });
  now += 1_000;
  check(caller);
  expect(() => check(caller)).toThrow(refused);
  now += 60_000;
  for (let reads = 0; reads < 60; reads += 1) check(caller);
  expect(() => check(caller)).toThrow(refused);
});
