import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalTable, startTable } from '../../infra/local/table.ts';
import { fromItem, toItem } from '../../shared/aws/attributes.ts';
import { tableSchema } from '../../shared/aws/table.ts';

let local: LocalTable;

beforeAll(async () => {
  local = await startTable();
});
afterAll(() => local.close());

const put = (fields: Record<string, string | number | boolean>) =>
  local.table.client.send(new PutItemCommand({ TableName: local.table.name, Item: toItem(fields) }));

test('the index lists keys in order, with what a list shows, and holds nothing that is not listed', async () => {
  const listed = { list: 'KEY', id: 'k', name: 'team', revoked: false, expiresAt: 9, createdAt: '2026-11-21', v: 1 };
  await put({ pk: 'KEY#b', sk: 'KEY', ...listed, listSort: '2', secretNote: 'not shown' });
  await put({ pk: 'KEY#a', sk: 'KEY', ...listed, listSort: '1', group: 'g' });
  await put({ pk: 'GROUP#g', sk: 'GROUP', list: 'GROUP', listSort: '1' });
  await put({ pk: 'KEY#c', sk: 'KEY', id: 'not listed' });
  await put({ pk: 'USAGE#2026-11-21#0', sk: 'x' });
  const { list } = tableSchema;
  const { Items = [] } = await local.table.client.send(
    new QueryCommand({
      TableName: local.table.name,
      IndexName: list.name,
      KeyConditionExpression: '#list = :list',
      ExpressionAttributeNames: { '#list': list.partitionKey },
      ExpressionAttributeValues: { ':list': { S: 'KEY' } },
    }),
  );
  expect(Items.map(fromItem)).toEqual([
    { pk: 'KEY#a', sk: 'KEY', ...listed, listSort: '1', group: 'g' },
    { pk: 'KEY#b', sk: 'KEY', ...listed, listSort: '2' },
  ]);
});
