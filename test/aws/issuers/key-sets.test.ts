import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalTable, startTable } from '../../../infra/local/table.ts';
import { createKeySets, keySetPartition } from '../../../shared/aws/issuers/key-sets.ts';
import { openTable } from '../../../shared/aws/table.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startTable();
});
afterAll(() => local.close());

const issuer = 'https://issuer.example.com';
const set = { text: `{"keys":["${'x'.repeat(65_000)}"]}`, fetchedAt: 1_700_000_000_000 };

test('the keys of an issuer are read as they were written, by issuer and address', async () => {
  const sets = createKeySets(local.table);
  expect(await sets.read({ issuer })).toBeUndefined();
  await sets.write({ issuer }, set);
  expect(await sets.read({ issuer })).toEqual(set);
  expect(await sets.read({ issuer: `${issuer}/` })).toBeUndefined();
  // Another address in the configuration: what was fetched from the one before is not used.
  expect(await sets.read({ issuer, jwksUrl: 'https://elsewhere.example.com' })).toBeUndefined();
  await sets.write({ issuer }, { ...set, text: '{}' });
  expect((await sets.read({ issuer }))?.text).toBe('{}');
});

test('an item of another version is neither read nor overwritten', async () => {
  const sets = createKeySets(local.table);
  const { client, name } = local.table;
  const Item = { pk: { S: keySetPartition('https://new.example.com') }, sk: { S: 'KEYS' }, v: { N: '2' } };
  await client.send(new PutItemCommand({ TableName: name, Item }));
  expect(await sets.read({ issuer: 'https://new.example.com' })).toBeUndefined();
  await expect(sets.write({ issuer: 'https://new.example.com' }, set)).rejects.toThrow();
});

test('while the table is away, reading and writing fail', async () => {
  const away = openTable('away', {
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  await expect(createKeySets(away).read({ issuer })).rejects.toThrow();
  await expect(createKeySets(away).write({ issuer }, set)).rejects.toThrow();
});
