import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdminRig, startAdminRig } from '../support/admin-rig.ts';

let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

test('a group is made once, read, changed and listed by its id', async () => {
  const fields = { id: 'team-b', name: 'B', rules: { limits: { rpm: 5 } }, providerKeys: { p: 'P_KEY_TEAM_B' } };
  const { status, body } = await rig.call('POST', '/groups', fields);
  expect([status, body]).toEqual([201, { ...fields, createdAt: expect.any(Number), version: 1 }]);
  expect((await rig.call('POST', '/groups', fields)).status).toBe(409);
  const changed = await rig.call('PATCH', '/groups/team-b', { providerKeys: null, name: 'Bee' });
  const { providerKeys, ...rest } = body;
  expect(changed.body).toEqual({ ...rest, name: 'Bee', version: 2 });
  expect((await rig.call('GET', '/groups/team-b')).body).toEqual(changed.body);
  await rig.call('POST', '/groups', { id: 'team-a', name: 'A' });
  const ids = (await rig.call('GET', '/groups')).body.data.map(({ id }: { id: string }) => id);
  expect(ids).toEqual(['team-a', 'team-b']);
});

test.each([
  [
    'of another provider',
    { p: 'OPENAI_API_KEY' },
    "providerKeys.p: 'OPENAI_API_KEY' is no key for 'p'; name one that begins with 'P_KEY_'.",
  ],
  ['of the gateway itself', { p: 'MASTER_KEY' }, 'providerKeys.p:'],
  ['for a provider that is not there', { q: 'P_KEY_Q' }, "providerKeys.q: there is no provider 'q'."],
  ['for a provider that takes none', { open: 'P_KEY' }, "providerKeys.open: 'open' is asked without a key."],
  ['with a line break', { p: 'P_KEY_TEAM\n' }, 'is no key for'],
  ['for what every object has', { constructor: 'P_KEY' }, 'providerKeys.constructor:'],
])('neither a group nor a key can name a provider key %s', async (_, providerKeys, message) => {
  await rig.call('POST', '/groups', { id: 'keyed', name: 'Keyed' });
  const { body: key } = await rig.call('POST', '/keys', { name: 'x' });
  for (const [method, path, body] of [
    ['POST', '/groups', { id: 'new', name: 'New' }],
    ['PATCH', '/groups/keyed', {}],
    ['POST', '/keys', { name: 'New' }],
    ['POST', '/keys/import', { name: 'New', sha256: 'a'.repeat(64) }],
    ['PATCH', `/keys/${key.id}`, {}],
  ] as const) {
    const refused = await rig.call(method, path, { ...body, providerKeys });
    expect([path, refused.status, refused.body.error]).toMatchObject([path, 422, { code: 'no_such_provider_key' }]);
    expect(refused.body.error.message).toContain(message);
  }
});

test('an inference profile is for a provider that is there', async () => {
  const inferenceProfiles = { 'q/some/model': 'arn:a' };
  await rig.call('POST', '/groups', { id: 'profiled', name: 'P' });
  for (const [method, path] of [
    ['POST', '/keys'],
    ['PATCH', '/groups/profiled'],
  ] as const) {
    const refused = await rig.call(method, path, { name: 'x', inferenceProfiles });
    expect(refused.status).toBe(422);
    expect(refused.body.error).toMatchObject({
      code: 'no_such_provider',
      param: 'inferenceProfiles.q/some/model',
      message: "inferenceProfiles.q/some/model: there is no provider 'q'.",
    });
    const taken = await rig.call(method, path, { name: 'x', inferenceProfiles: { 'p/some/model': 'arn:a' } });
    expect(taken.body.inferenceProfiles).toEqual({ 'p/some/model': 'arn:a' });
  }
});

test.each(['tags', 'metadata', 'providerKeys', 'inferenceProfiles'])(
  'a name that no object can have is refused in %s, not dropped',
  async (field) => {
    const { status, body } = await rig.call('POST', '/keys', `{"name":"x","${field}":{"__proto__":"P_KEY"}}`);
    expect([status, body.error.param]).toEqual([422, `${field}.__proto__`]);
    const { status: escaped } = await rig.call('POST', '/keys', `{"name":"x","${field}":{"\\u005f_proto__":"P_KEY"}}`);
    expect(escaped).toBe(422);
  },
);

test('the organisation is a group of its own name', async () => {
  const body = { id: 'organization', name: 'All of us', rules: { limits: { tpm: 1_000_000 } } };
  expect((await rig.call('POST', '/groups', body)).status).toBe(201);
  expect((await rig.call('GET', '/groups/organization')).body).toMatchObject(body);
});

test('a group that a key names cannot be removed until the key is revoked or moved', async () => {
  await rig.call('POST', '/groups', { id: 'used', name: 'Used' });
  const { body: key } = await rig.call('POST', '/keys', { name: 'x', group: 'used' });
  const refused = await rig.call('DELETE', '/groups/used');
  expect([refused.status, refused.body.error.code]).toEqual([409, 'group_in_use']);
  await rig.call('PATCH', `/keys/${key.id}`, { group: null });
  expect((await rig.call('DELETE', '/groups/used')).status).toBe(200);
});

test('a group that was removed is gone, and one of its id can be made anew without its rules', async () => {
  await rig.call('POST', '/groups', { id: 'twice', name: 'First', rules: { maxTokens: 1 } });
  await rig.call('DELETE', '/groups/twice');
  for (const [method, body] of [['GET'], ['DELETE'], ['PATCH', {}]] as const)
    expect((await rig.call(method, '/groups/twice', body)).status).toBe(404);
  const listed = (await rig.call('GET', '/groups')).body.data.map(({ id }: { id: string }) => id);
  expect(listed).not.toContain('twice');
  const { status, body } = await rig.call('POST', '/groups', { id: 'twice', name: 'Second' });
  expect([status, body]).toEqual([201, { id: 'twice', name: 'Second', createdAt: expect.any(Number), version: 3 }]);
});
