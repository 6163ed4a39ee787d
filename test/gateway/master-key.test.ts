import { expect, test } from 'vitest';
import { checkMasterKey, createMasterKeyCheck, sha256Of } from '../../shared/gateway/master-key.ts';

test('a master key of 32 characters is taken, a shorter one is refused without showing it', () => {
  expect(checkMasterKey('k'.repeat(32))).toBe('k'.repeat(32));
  expect(() => checkMasterKey('k'.repeat(31))).toThrow('the master key has 31 characters; it must have at least 32');
});

test('every master key that holds is one, and follows a change', async () => {
  let keys = ['new', 'old'];
  const isMasterKey = createMasterKeyCheck(async () => keys);
  expect([await isMasterKey(sha256Of('new')), await isMasterKey(sha256Of('old'))]).toEqual([true, true]);
  keys = ['newest'];
  expect([await isMasterKey(sha256Of('new')), await isMasterKey(sha256Of('newest'))]).toEqual([false, true]);
});
