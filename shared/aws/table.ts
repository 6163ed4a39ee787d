import { DynamoDBClient, type DynamoDBClientConfig, GetItemCommand } from '@aws-sdk/client-dynamodb';

/** The one table: its keys, and the attribute after whose time (epoch seconds) DynamoDB deletes an item some hours late. */
export const tableSchema = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'ttl',
  /**
   * The index of what is listed: keys (`KEY`) and groups (`GROUP`), in the order of their `listSort`. An item without these two
   * attributes is not in it and costs nothing. What it shows cannot be changed once it is deployed; the rest is read by key.
   */
  list: {
    name: 'list',
    partitionKey: 'list',
    sortKey: 'listSort',
    attributes: ['v', 'id', 'name', 'group', 'revoked', 'expiresAt', 'createdAt'],
  },
} as const;

export interface Table {
  name: string;
  client: DynamoDBClient;
  /** The same over the same connections, but each call is tried once: for those that are held to a time of their own. */
  quick?: DynamoDBClient;
}

/** Time-outs for calls that a request waits for: the SDK's own defaults are four attempts and no time-out at all. */
const CONNECT_MS = 250;
const REQUEST_MS = 800;

/**
 * Opens the table; the client is made at the first use, not while the function starts. `place` is for one that is not in AWS,
 * `waitMs` (for connecting, and for an answer) for one that shares its processor with the process that asks.
 */
export function openTable(
  name: string,
  place: Pick<DynamoDBClientConfig, 'endpoint' | 'region' | 'credentials'> = {},
  waitMs?: number,
): Table {
  let client: DynamoDBClient | undefined;
  let quick: DynamoDBClient | undefined;
  return {
    name,
    get client() {
      client ??= makeClient({ ...place, maxAttempts: 2, requestHandler: boundedBy(waitMs) });
      return client;
    },
    get quick() {
      const { requestHandler, credentials } = this.client.config;
      quick ??= makeClient({ ...place, credentials, maxAttempts: 1, requestHandler });
      return quick;
    },
  };
}

const boundedBy = (waitMs?: number) => ({
  connectionTimeout: waitMs ?? CONNECT_MS,
  requestTimeout: waitMs ?? REQUEST_MS,
  throwOnRequestTimeout: true,
});

function makeClient(config: DynamoDBClientConfig): DynamoDBClient {
  const client = new DynamoDBClient(config);
  // It copies every call for a logger that is not set: most of what a call allocates.
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

/** Fails where the table cannot be read. */
export async function checkTable({ client, name }: Table): Promise<void> {
  await client.send(new GetItemCommand({ TableName: name, Key: { pk: { S: 'HEALTH' }, sk: { S: 'READY' } } }));
}
