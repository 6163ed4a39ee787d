import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Table } from './table.ts';

/** Fails where the table cannot be read. */
export async function checkTable({ client, name }: Table): Promise<void> {
  await client.send(new GetItemCommand({ TableName: name, Key: { pk: { S: 'HEALTH' }, sk: { S: 'READY' } } }));
}
