import { expect, test } from 'vitest';
import { groupOf, virtualKeyOf } from '../../support/callers.ts';
import { openDirect } from '../../support/direct.ts';

const headers = { authorization: 'Bearer sk-ann' };
const key = virtualKeyOf({
  group: 'team',
  owner: 'ann@example.com',
  expiresAt: 2_000_000_000,
  rules: { models: ['gpt-*'], maxTokens: 50, limits: { rpm: 60, tpm: 1_000, concurrency: 3 } },
});
const groups = [groupOf('team', { rules: { limits: { rpm: 100 } } }), groupOf('organization')];

const open = () =>
  openDirect({
    ports: () => ({
      keys: { find: async () => key },
      groups: { find: async (id) => groups.find((group) => group.id === id) },
    }),
  });

test('a key sees itself, its rules at every level, and what remains of its limits', async () => {
  const { call, scopes } = open();
  // Served by no provider: it counts as a request all the same.
  const body = { model: 'gpt-a', messages: [{ role: 'user', content: 'hi' }] };
  await call('/v1/chat/completions', { headers, body });
  const { writes } = scopes;
  const { status, text } = await call('/v1/key', { method: 'GET', headers });
  expect([status, JSON.parse(text)]).toEqual([
    200,
    {
      object: 'key',
      id: 'key_00000001',
      name: 'Ann',
      owner: 'ann@example.com',
      group: 'team',
      expiresAt: 2_000_000_000,
      createdAt: 1,
      levels: [
        {
          level: 'key',
          id: 'key_00000001',
          rules: { models: ['gpt-*'], maxTokens: 50 },
          limits: {
            rpm: { limit: 60, remaining: 59, resetSeconds: 1 },
            tpm: { limit: 1_000, remaining: 1_000, resetSeconds: 0 },
            concurrency: { limit: 3, remaining: 3, resetSeconds: 0 },
          },
        },
        { level: 'group', id: 'team', rules: {}, limits: { rpm: { limit: 100, remaining: 99, resetSeconds: 0.6 } } },
        { level: 'organization', id: 'organization', rules: {}, limits: {} },
      ],
    },
  ]);
  // It only looks.
  expect(scopes.writes).toBe(writes);
});

test('while the table is away, what remains is unknown', async () => {
  const { call, scopes } = open();
  scopes.before = () => {
    throw new Error('away');
  };
  const { text } = await call('/v1/key', { method: 'GET', headers });
  expect(JSON.parse(text).levels[0].limits.rpm).toEqual({ limit: 60, remaining: null, resetSeconds: null });
});

test('the master key has neither rules nor limits', async () => {
  const { text } = await openDirect().call('/v1/key', { method: 'GET' });
  expect(JSON.parse(text)).toEqual({ object: 'key', id: 'master', name: 'master', levels: [] });
});
