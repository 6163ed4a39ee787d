import { createHash } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalTable, startTable } from '../../infra/local/table.ts';
import { toItem } from '../../shared/aws/attributes.ts';
import { createGroups, groupPartition } from '../../shared/aws/groups.ts';
import { createKeys, keyPartition } from '../../shared/aws/keys.ts';

let local: LocalTable;
const log = { warn: () => {} };

beforeAll(async () => {
  local = await startTable();
});
afterAll(() => local.close());

const put = async (fields: Parameters<typeof toItem>[0]): Promise<void> =>
  void (await local.table.client.send(new PutItemCommand({ TableName: local.table.name, Item: toItem(fields) })));

const groups = () => createGroups({ table: local.table, time: { now: () => 0 }, log });
const keys = () => createKeys({ table: local.table, time: { now: () => 0 }, log });
const putGroup = (id: string, fields: object) =>
  put({ pk: groupPartition(id), sk: 'GROUP', v: 1, id, name: id, createdAt: 1, ...fields });

test('a group is read with its rules and its own provider keys', async () => {
  const rules = { models: ['gpt-*'], limits: { rpm: 5 } };
  await putGroup('team', {
    rules: JSON.stringify(rules),
    providerKeys: '{"openai":"TEAM_KEY"}',
    inferenceProfiles: '{"bedrock/m":"arn"}',
    version: 3,
  });
  expect(await groups().find('team')).toEqual({
    id: 'team',
    name: 'team',
    createdAt: 1,
    rules,
    providerKeys: { openai: 'TEAM_KEY' },
    inferenceProfiles: { 'bedrock/m': 'arn' },
  });
  expect(await groups().find('other')).toBeUndefined();
});

test('a group that was deleted is none', async () => {
  await putGroup('gone', { deleted: true });
  expect(await groups().find('gone')).toBeUndefined();
});

test.each([
  ['of another version', { v: 2 }],
  ['with a rule that is not known', { rules: '{"modles":["a"]}' }],
  ['with rules that are no JSON', { rules: '{' }],
])('a group %s is neither used nor missing', async (_, fields) => {
  await putGroup('odd', fields);
  await expect(groups().find('odd')).rejects.toThrow();
});

test('a key is read with all that is said of it', async () => {
  const rules = { purposes: ['chat'], maxTokens: 5 };
  const sha256 = createHash('sha256').update('sk-1').digest('hex');
  await put({
    pk: keyPartition(sha256),
    sk: 'KEY',
    v: 1,
    id: 'key_00000001',
    name: 'ci',
    owner: 'ann',
    group: 'team',
    revoked: false,
    createdAt: 7,
    expiresAt: 9,
    rules: JSON.stringify(rules),
    tags: '{"app":"x"}',
    hint: 'abcd',
  });
  expect(await keys().find(sha256)).toEqual({
    id: 'key_00000001',
    name: 'ci',
    owner: 'ann',
    group: 'team',
    revoked: false,
    createdAt: 7,
    expiresAt: 9,
    rules,
    tags: { app: 'x' },
  });
});

test('a key with a rule that is not known is neither accepted nor refused', async () => {
  await put({ pk: keyPartition('0b'), sk: 'KEY', id: 'key_00000002', name: 'x', rules: '{"limits":{"rps":1}}' });
  await expect(keys().find('0b')).rejects.toThrow();
});
