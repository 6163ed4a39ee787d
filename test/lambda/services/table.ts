import type { RequestListener, Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type AttributeValue, CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';

/** A table that answers as slowly as one across a network, so that a write that is not waited for is seen to be late. */
export interface Table {
  name: string;
  endpoint: string;
  /** Calls that have come and are not answered yet. */
  unansweredCalls(): number;
  /** What each request left behind, oldest first. */
  usageRecords(): Promise<Record<string, AttributeValue>[]>;
  /** From here on every call breaks off. */
  unplug(): void;
  plugIn(): void;
  close(): Promise<void>;
}

const latencyMs = 40;

// dynalite brings no types.
const dynalite = createRequire(import.meta.url)('dynalite') as (options: { createTableMs: number }) => Server;

export async function startTable(): Promise<Table> {
  const name = 'sluice';
  const server = dynalite({ createTableMs: 0 });
  const pending = new Set<object>();
  let isPlugged = true;

  const answer = server.listeners('request')[0] as RequestListener;
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (!isPlugged) return request.socket.destroy();
    pending.add(response);
    response.on('finish', () => pending.delete(response));
    setTimeout(() => answer(request, response), latencyMs);
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );

  return {
    name,
    endpoint,
    unansweredCalls: () => pending.size,
    async usageRecords() {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: name, ConsistentRead: true }));
      return Items.filter((item) => item.pk?.S?.startsWith('USAGE#')).sort(bySortKey);
    },
    unplug: () => {
      isPlugged = false;
    },
    plugIn: () => {
      isPlugged = true;
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function bySortKey(one: Record<string, AttributeValue>, other: Record<string, AttributeValue>): number {
  return (one.sk?.S ?? '') < (other.sk?.S ?? '') ? -1 : 1;
}
