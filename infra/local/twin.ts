import { randomBytes } from 'node:crypto';
import type { Records } from '../../shared/accounting/record.ts';
import { systemTime } from '../../shared/async/time.ts';
import { createOperationsPorts } from '../../shared/aws/admin/ports.ts';
import { createPorts } from '../../shared/aws/ports.ts';
import { writeBatches } from '../../shared/aws/usage.ts';
import type { Catalog } from '../../shared/catalog/catalog.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { readFacts } from '../../shared/catalog/model-facts.ts';
import { createGateway } from '../../shared/gateway/gateway.ts';
import { checkMasterKey } from '../../shared/gateway/master-key.ts';
import { serve } from '../../shared/hosts/node.ts';
import type { Log } from '../../shared/log.ts';
import { createAdmin } from '../../shared/operations/admin.ts';
import { factsOf } from '../models/facts.ts';
import { takeDataFolder } from './data-folder.ts';
import { type DemoProvider, startDemoProvider } from './demo-provider.ts';
import { bothPlanes } from './planes.ts';
import { type SampleBusinessApi, startSampleBusinessApi } from './sample-business-api.ts';
import { type LocalTable, startTable } from './table.ts';

export interface TwinOptions {
  definition: unknown;
  port: number;
  host?: string;
  demo: boolean;
  /** Keeps keys, groups and usage over a restart in this folder. */
  data?: string | undefined;
  /** Where provider keys and the master key are looked for. */
  env: Readonly<Record<string, string | undefined>>;
  log: Log & Pick<Records, 'report'>;
}

export interface Twin {
  url: string;
  masterKey: string;
  catalog: Catalog;
  local: LocalTable;
  /** How many requests are not answered yet. */
  underWay(): number;
  /** Lets requests under way end, writes what is to be written, then stops. */
  close(): Promise<void>;
}

/**
 * The table is in this process: it is never away, only as busy as the process itself. Given up as early as in AWS, limits would
 * be open whenever the machine is busy.
 */
const TABLE_MS = 10_000;

/** The local twin of the stack: the same gateway and administration over a DynamoDB of its own, with a demo provider, behind node's HTTP. */
export async function startTwin({
  definition,
  port,
  host = '127.0.0.1',
  demo,
  data,
  env,
  log,
}: TwinOptions): Promise<Twin> {
  // A mistake in the configuration shows before anything is started.
  loadCatalog(definition);
  const masterKey = checkMasterKey(env.MASTER_KEY || `sk-sluice-${randomBytes(24).toString('hex')}`);
  const demos = demo ? await startDemos() : undefined;
  const catalog = loadCatalog(demos ? withDemos(definition, demos) : definition);
  const folder = data === undefined ? undefined : takeDataFolder(data);
  const local = await startTable(undefined, { folder: folder?.table, waitMs: TABLE_MS });
  const { table } = local;
  const secrets = { masterKeys: async () => [masterKey], providerKey: async (name: string) => env[name] };
  const { retentionDays } = catalog.config.usage;
  const batches = writeBatches({ table, retentionDays, log, time: systemTime });
  const records = { report: log.report, write: batches.write };
  const facts = readFacts(
    () => factsOf(catalog),
    (cause) => log.warn('the table of models cannot be read', { cause }),
  );
  const ports = { ...createPorts({ catalog, log, table, secrets, records, limitsMs: TABLE_MS }), facts };
  const { time, checks, descriptions, keys, groups } = ports;
  // One process: a change of a key holds at once.
  const changes = { keyChanged: keys.forget, groupChanged: groups.forget };
  const shared = { masterKeys: secrets.masterKeys, time, checks, descriptions, ...changes };
  const admin = createAdmin(createOperationsPorts({ catalog, table, log, ...shared }));
  const server = await serve(bothPlanes(createGateway(ports), admin), {
    port,
    host,
    bodyBytes: catalog.config.limits.bodyBytes,
    log,
  });
  return {
    url: server.url,
    masterKey,
    catalog,
    local,
    underWay: server.underWay,
    async close() {
      await server.close();
      await batches.flush();
      await Promise.all([local.close(), demos?.provider.stop(), demos?.business.stop()]);
      folder?.release();
    },
  };
}

interface Demos {
  provider: DemoProvider;
  business: SampleBusinessApi;
}

async function startDemos(): Promise<Demos> {
  const [provider, business] = await Promise.all([startDemoProvider(), startSampleBusinessApi()]);
  return { provider, business };
}

/** The configuration with the models `demo` and `business-demo`, unless it has its own of these names. */
function withDemos(definition: unknown, { provider, business }: Demos): unknown {
  const { providers, models, ...rest } = definition as { providers: object; models?: object };
  return {
    ...rest,
    providers: {
      demo: { baseUrl: `${provider.url}/v1`, auth: 'none' },
      'business-demo': { preset: 'business', baseUrl: business.url },
      ...providers,
    },
    models: { demo: 'demo/demo', 'business-demo': 'business-demo/assistant', ...models },
  };
}
