import { QueryCommand } from '@aws-sdk/client-dynamodb';
import OpenAI from 'openai';
import { bothPlanes } from '../../infra/local/planes.ts';
import { type LocalTable, startTable } from '../../infra/local/table.ts';
import type { UsageRecord } from '../../shared/accounting/record.ts';
import { systemTime } from '../../shared/async/time.ts';
import { createOperationsPorts } from '../../shared/aws/admin/ports.ts';
import { fromItem } from '../../shared/aws/attributes.ts';
import { createPorts } from '../../shared/aws/ports.ts';
import { writeBatches } from '../../shared/aws/usage.ts';
import { USAGE_SHARDS, usagePartition } from '../../shared/aws/usage-items.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { createGateway } from '../../shared/gateway/gateway.ts';
import type { GatewayPorts } from '../../shared/gateway/ports.ts';
import { serve } from '../../shared/hosts/node.ts';
import { createAdmin } from '../../shared/operations/admin.ts';

export const MASTER_KEY = 'sk-master-0123456789';

export interface Logged {
  level: 'warn' | 'error';
  message: string;
  fields: Record<string, unknown> | undefined;
}

/** The whole gateway over sockets: real table, real HTTP on both sides. */
export interface Rig {
  url: string;
  openai: OpenAI;
  local: LocalTable;
  requests: UsageRecord[];
  logged: Logged[];
  /** A request with the master key, as plain HTTP. */
  post(body: unknown, headers?: Record<string, string>, path?: string): Promise<Response>;
  /** All usage records of the table, once this many are there. */
  records(count: number): Promise<Record<string, string | number | boolean>[]>;
  close(): Promise<void>;
}

interface RigOptions {
  definition: object;
  /** Ports to be replaced by other real ones: a table that is away, a clock that stands still. */
  ports?: (ports: GatewayPorts) => Partial<GatewayPorts>;
  env?: Record<string, string>;
  /** A table that another rig has opened, and closes: two processes over one table. */
  table?: LocalTable;
}

export async function startRig({ definition, ports = () => ({}), env = {}, table: given }: RigOptions): Promise<Rig> {
  const catalog = loadCatalog(definition);
  const local = given ?? (await startTable());
  const { table } = local;
  const requests: UsageRecord[] = [];
  const logged: Logged[] = [];
  const log = {
    warn: (message: string, fields?: Record<string, unknown>) => void logged.push({ level: 'warn', message, fields }),
    error: (message: string, fields?: Record<string, unknown>) => void logged.push({ level: 'error', message, fields }),
  };
  const secrets = {
    masterKeys: async () => [MASTER_KEY],
    providerKey: async (name: string) => env[name] ?? `key-of-${name}`,
  };
  const batches = writeBatches({ table, retentionDays: 30, log, time: systemTime });
  const report = (record: UsageRecord) => void requests.push(record);
  const records = { report, write: batches.write };
  const made = createPorts({ catalog, log, table, secrets, records });
  const gateway = createGateway({ ...made, ...ports(made) });
  const { time, checks, descriptions } = made;
  const { masterKeys } = secrets;
  const changes = { keyChanged: made.keys.forget, groupChanged: made.groups.forget };
  const admin = createAdmin(
    createOperationsPorts({ catalog, table, log, time, masterKeys, descriptions, checks, ...changes }),
  );
  const server = await serve(bothPlanes(gateway, admin), {
    port: 0,
    host: '127.0.0.1',
    bodyBytes: catalog.config.limits.bodyBytes,
    log,
  });

  return {
    url: server.url,
    openai: new OpenAI({ apiKey: MASTER_KEY, baseURL: `${server.url}/v1`, maxRetries: 0 }),
    local,
    requests,
    logged,
    post: (body, headers = {}, path = '/v1/chat/completions') =>
      fetch(server.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json', ...headers },
        body: body instanceof Uint8Array ? Buffer.from(body) : typeof body === 'string' ? body : JSON.stringify(body),
      }),
    records: (count) => recordsOf(local, count),
    async close() {
      await server.close();
      await batches.flush();
      if (!given) await local.close();
    },
  };
}

async function recordsOf({ table }: LocalTable, count: number) {
  const day = new Date().toISOString().slice(0, 10);
  for (let tries = 0; ; tries += 1) {
    const shards = await Promise.all(
      Array.from({ length: USAGE_SHARDS }, (_, shard) =>
        table.client.send(
          new QueryCommand({
            TableName: table.name,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': { S: usagePartition(day, shard) } },
          }),
        ),
      ),
    );
    const records = shards.flatMap(({ Items = [] }) => Items.map(fromItem));
    if (records.length >= count) return records;
    if (tries > 100) throw new Error(`${records.length} records were written, ${count} were expected`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
