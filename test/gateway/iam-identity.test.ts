import { describe, expect, test } from 'vitest';
import { iamCallers } from '../../shared/catalog/callers.ts';
import { iamIdentity } from '../../shared/gateway/iam-identity.ts';
import { groupOf, virtualKeyOf } from '../support/callers.ts';
import { DIRECT_KEY, openDirect } from '../support/direct.ts';

const account = '123456789012';
const identityOf = (arn: string, config: object = {}) => iamIdentity({ arn }, iamCallers.parse(config));

describe('a signed request is counted as', () => {
  test.each<[string, string, string, string]>([
    ['its user', `arn:aws:iam::${account}:user/eng/ann`, `arn:aws:iam::${account}:user/eng/ann`, 'ann'],
    [
      'its role: whoever assumes a role chooses the name of the session',
      `arn:aws:sts::${account}:assumed-role/team-a/i-0abc`,
      `arn:aws:sts::${account}:assumed-role/team-a`,
      'i-0abc',
    ],
    [
      'its person where IAM Identity Center names the session',
      `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Dev_0a1b/ann@example.com`,
      `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Dev_0a1b/ann@example.com`,
      'ann@example.com',
    ],
    [
      'all federated users of its account together',
      `arn:aws:sts::${account}:federated-user/ann`,
      `arn:aws:sts::${account}:federated-user`,
      'ann',
    ],
    [
      'its account, where that is the root user',
      `arn:aws:iam::${account}:root`,
      `arn:aws:iam::${account}:root`,
      `arn:aws:iam::${account}:root`,
    ],
    [
      'its role in other partitions too',
      `arn:aws-cn:sts::${account}:assumed-role/r/s`,
      `arn:aws-cn:sts::${account}:assumed-role/r`,
      's',
    ],
  ])('%s', (_, arn, id, name) => {
    expect(identityOf(arn)).toEqual({ id, name, owner: arn });
  });
});

test('long ARNs are bounded and never two the same', () => {
  const arn = `arn:aws:iam::${account}:user/${'p'.repeat(500)}/ann`;
  const { id, name, owner } = identityOf(arn);
  expect([id.length <= 250, owner.length <= 200, name]).toEqual([true, true, 'ann']);
  expect(identityOf(`${arn}2`).id).not.toBe(id);
});

test.each([
  '',
  'ann',
  'arn:aws:s3:::bucket',
  `arn:aws:iam::${account}:user/a b`,
  `arn:aws:iam::${account}:user/${'a'.repeat(3000)}`,
])('%j is the ARN of nobody', (arn) =>
  expect(() => identityOf(arn)).toThrow(expect.objectContaining({ kind: 'unauthenticated' })),
);

test('the first pattern that matches the whole ARN, session included, says the group', () => {
  const groups = [
    { arn: 'arn:aws:sts::*:assumed-role/team-a/*', group: 'a' },
    { arn: `arn:aws:*::${account}:*`, group: 'ours' },
  ];
  expect(identityOf(`arn:aws:sts::9:assumed-role/team-a/x`, { groups }).groups).toEqual(['a']);
  expect(identityOf(`arn:aws:sts::${account}:assumed-role/team-ab/x`, { groups }).groups).toEqual(['ours']);
  expect(identityOf(`arn:aws:sts::9:assumed-role/team-ab/x`, { groups })).not.toHaveProperty('groups');
  expect(identityOf('arn:aws:iam::9:root', { groups: [{ arn: '*', group: 'all' }] }).groups).toEqual(['all']);
  // Paths of users may hold colons.
  const users = [{ arn: 'arn:aws:iam::*:user/team-a/*', group: 'a' }];
  expect(identityOf('arn:aws:iam::9:user/x:user/team-a/ann', { groups: users })).not.toHaveProperty('groups');
});

describe('through the gateway', () => {
  const principal = { arn: `arn:aws:sts::${account}:assumed-role/team-a/job-7` };
  const signature =
    'AWS4-HMAC-SHA256 Credential=AKIA/20261121/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0';
  const providers = { p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } };
  const groups = [groupOf('a', { rules: { models: ['p/*'] } }), groupOf('organization')];

  function open(aws: object, isKnown = true) {
    return openDirect({
      definition: { providers, aws },
      ports: () => ({
        keys: { find: async () => virtualKeyOf() },
        groups: { find: async (id) => (isKnown ? groups.find((group) => group.id === id) : undefined) },
      }),
    });
  }
  const mapped = {
    iamCallers: {
      groups: [{ arn: 'arn:aws:sts::*:assumed-role/team-a/*', group: 'a' }],
      rules: { limits: { rpm: 2 } },
    },
  };
  const body = { model: 'p/m', messages: [{ role: 'user', content: 'hi' }] };
  const chat = { headers: { authorization: signature }, body, principal };

  test('a caller who signed needs no key, has a record, and is limited as its role, in every session', async () => {
    const { call, records } = open(mapped);
    expect((await call('/v1/chat/completions', chat)).status).toBe(200);
    expect(records[0]).toMatchObject({ caller: `arn:aws:sts::${account}:assumed-role/team-a`, callerName: 'job-7' });
    const other = { arn: `arn:aws:sts::${account}:assumed-role/team-a/job-8` };
    expect((await call('/v1/chat/completions', { ...chat, principal: other })).status).toBe(200);
    const third = await call('/v1/chat/completions', { ...chat, principal: { arn: `${principal.arn}9` } });
    expect([third.status, third.text]).toEqual([429, expect.stringContaining('of this identity (limit 2)')]);
  });

  test('a caller sees who it is and what it may do', async () => {
    const { call } = open(mapped);
    const { text } = await call('/v1/key', { ...chat, method: 'GET' });
    expect(JSON.parse(text)).toMatchObject({
      id: `arn:aws:sts::${account}:assumed-role/team-a`,
      owner: principal.arn,
      group: 'a',
      levels: [
        { level: 'identity', limits: { rpm: { limit: 2, remaining: 2 } } },
        { level: 'group', id: 'a', rules: { models: ['p/*'] } },
        { level: 'organization' },
      ],
    });
  });

  test('a group that does not exist keeps its callers out', async () => {
    const { status, text } = await open(mapped, false).call('/v1/chat/completions', chat);
    expect([status, text]).toEqual([403, expect.stringContaining("'a'")]);
  });

  test('a key beside the signature counts in its place', async () => {
    const { call, records } = open(mapped);
    const headers = { authorization: signature, 'x-api-key': 'sk-ann' };
    expect((await call('/v1/chat/completions', { ...chat, headers })).status).toBe(200);
    expect(records[0]).toMatchObject({ caller: 'key_00000001' });
    await call('/v1/chat/completions', { ...chat, headers: { ...headers, 'x-api-key': DIRECT_KEY } });
    expect(records[1]).toMatchObject({ caller: 'master' });
  });

  test('a request whose address was signed has no header at all', async () => {
    const { call, records } = open(mapped);
    expect((await call('/v1/chat/completions', { ...chat, headers: { authorization: '' } })).status).toBe(200);
    expect(records[0]!.callerName).toBe('job-7');
  });

  test('where the address is open to all, nobody is believed to have signed', async () => {
    const { call, records } = open({});
    for (const authorization of [signature, ''])
      expect((await call('/v1/chat/completions', { ...chat, headers: { authorization } })).status).toBe(401);
    expect(records).toEqual([]);
  });

  test('a signature alone, without a host that checked it, opens nothing', async () => {
    const { call } = open(mapped);
    const { principal: _, ...unchecked } = chat;
    expect((await call('/v1/chat/completions', unchecked)).status).toBe(401);
  });
});
