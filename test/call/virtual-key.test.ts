import { expect, test } from 'vitest';
import { group, virtualKey } from '../../shared/call/virtual-key.ts';

const key = { id: 'key_0123456789', name: 'ci', revoked: false, createdAt: 1 };

test.each([
  ['without rules', {}],
  [
    'with all of them',
    { rules: { models: ['gpt-*'], purposes: ['chat'], maxTokens: 1, limits: { rpm: 1, tpm: 1, concurrency: 1 } } },
  ],
])('a key %s is one', (_, fields) => {
  expect(virtualKey.parse({ ...key, ...fields })).toEqual({ ...key, ...fields });
});

test.each([
  ['a limit of nothing', { rules: { limits: { rpm: 0 } } }],
  ['a rule that is not known', { rules: { budget: 1 } }],
  ['an empty list of models, which would allow none', { rules: { models: [] } }],
  ['an id that stands for another caller', { id: 'master' }],
])('%s is refused', (_, fields) => {
  expect(virtualKey.safeParse({ ...key, ...fields }).success).toBe(false);
});

test('a group has an id that can stand in a path', () => {
  const team = { id: 'team-1', name: 'Team', createdAt: 1 };
  expect(group.safeParse(team).success).toBe(true);
  for (const id of ['', 'Team', 'a/b', '-a', 'a'.repeat(65)])
    expect(group.safeParse({ ...team, id }).success).toBe(false);
});
