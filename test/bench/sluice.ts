import { consoleLog } from '../../infra/local/console-log.ts';
import { systemTime } from '../../shared/async/time.ts';
import { createPorts } from '../../shared/aws/ports.ts';
import { openTable } from '../../shared/aws/table.ts';
import { writeBatches } from '../../shared/aws/usage.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { createGateway } from '../../shared/gateway/gateway.ts';
import { serve } from '../../shared/hosts/node.ts';
import { join } from './member.ts';
import { MASTER_KEY } from './requests.ts';

/** The gateway as it runs in a container: the parts of production over a table, with a line a request in the log. */

const [upstreamUrl, tableEndpoint, tableName] = process.argv.slice(2) as [string, string, string];

const catalog = loadCatalog({
  providers: { bench: { baseUrl: `${upstreamUrl}/v1`, secret: 'BENCH_API_KEY' } },
});
const log = consoleLog();
const table = openTable(tableName, {
  endpoint: tableEndpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
});
const secrets = { masterKeys: async () => [MASTER_KEY], providerKey: async () => 'sk-bench' };
const usage = writeBatches({ table, retentionDays: catalog.config.usage.retentionDays, log, time: systemTime });
const gateway = createGateway(
  createPorts({ catalog, log, table, secrets, records: { report: log.report, write: usage.write } }),
);
const { url } = await serve(gateway, { port: 0, host: '127.0.0.1', bodyBytes: catalog.config.limits.bodyBytes, log });

join(url);
