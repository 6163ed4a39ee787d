import { expect, test } from 'vitest';
import { group, virtualKey } from '../../shared/call/virtual-key.ts';
import { rules } from '../../shared/catalog/rules.ts';

const key = { id: 'key_0123456789', name: 'ci', revoked: false, createdAt: 1 };

test('a key needs an id of its own form, a name and when it was made', () => {
  expect(virtualKey.parse(key)).toEqual(key);
  for (const wrong of [{ id: 'master' }, { id: 'key_1' }, { name: '' }, { createdAt: undefined }])
    expect(virtualKey.safeParse({ ...key, ...wrong }).success).toBe(false);
});

test('a rule that is not known is an error: what it forbids would be allowed', () => {
  expect(rules.safeParse({ models: ['gpt-*'], limits: { rpm: 60 } }).success).toBe(true);
  expect(rules.safeParse({ modles: ['gpt-*'] }).success).toBe(false);
  expect(rules.safeParse({ limits: { rps: 1 } }).success).toBe(false);
});

test('no limit is zero: a key that may do nothing is revoked', () => {
  expect(rules.safeParse({ limits: { rpm: 0 } }).success).toBe(false);
});

test("a group's id has the form of a name", () => {
  const team = { id: 'team-a', name: 'Team A', createdAt: 1 };
  expect(group.parse(team)).toEqual(team);
  expect(group.safeParse({ ...team, id: 'Team A' }).success).toBe(false);
});
