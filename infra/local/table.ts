import type { AddressInfo } from 'node:net';
import { CreateTableCommand, ResourceInUseException } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { openTable, type Table, tableSchema } from '../../shared/aws/table.ts';

export interface LocalTable {
  table: Table;
  endpoint: string;
  close(): Promise<void>;
}

export interface LocalTableOptions {
  /** A folder in which the table outlives this process; in memory unless given. One process at a time may have it. */
  folder?: string | undefined;
  /** How long a call may take; as in AWS unless given. */
  waitMs?: number;
}

/** DynamoDB on this machine with the very table that the stack makes. */
export async function startTable(
  name = 'sluice-local',
  { folder, waitMs }: LocalTableOptions = {},
): Promise<LocalTable> {
  const server = dynalite({ createTableMs: 0, ...(folder === undefined ? {} : { path: folder }) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const table = openTable(name, localPlace(endpoint), waitMs);
  await createTable(table).catch((thrown) => {
    // Kept from an earlier start.
    if (folder === undefined || !(thrown instanceof ResourceInUseException)) throw thrown;
  });
  return {
    table,
    endpoint,
    async close() {
      table.client.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Credentials that are not checked: the SDK wants some to sign with. */
export const localPlace = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

export async function createTable({ client, name }: Table): Promise<void> {
  const { partitionKey, sortKey, list } = tableSchema;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: partitionKey, AttributeType: 'S' },
        { AttributeName: sortKey, AttributeType: 'S' },
        { AttributeName: list.partitionKey, AttributeType: 'S' },
        { AttributeName: list.sortKey, AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: list.name,
          KeySchema: [
            { AttributeName: list.partitionKey, KeyType: 'HASH' },
            { AttributeName: list.sortKey, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...list.attributes] },
        },
      ],
    }),
  );
}
