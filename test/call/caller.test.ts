import { expect, test } from 'vitest';
import { callerId } from '../../shared/call/caller.ts';

test('a caller is called by the id of its virtual key, or by what it is', () => {
  expect(callerId({ type: 'key', id: 'k1', name: 'Ann' })).toBe('k1');
  expect(callerId({ type: 'master' })).toBe('master');
  expect(callerId({ type: 'anonymous' })).toBe('anonymous');
});
