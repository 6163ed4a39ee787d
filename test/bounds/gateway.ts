import { createPorts } from '../../shared/aws/ports.ts';
import { openTable } from '../../shared/aws/table.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { createGateway } from '../../shared/gateway/gateway.ts';
import { serve } from '../../shared/hosts/node.ts';
import { join } from '../bench/member.ts';
import { MASTER_KEY } from '../bench/requests.ts';

/** A gateway of default settings in a process of its own, whose memory is its own too; it writes no records. */
const [upstream, imageHost] = process.argv.slice(2) as [string, string];

const auth = 'none';
const catalog = loadCatalog({
  providers: {
    short: { preset: 'openai', baseUrl: upstream, auth },
    long: { preset: 'openai', baseUrl: upstream, auth, traits: { developerAsSystem: true } },
    ge: { preset: 'gemini', baseUrl: upstream, auth },
  },
  media: { trustedHosts: [imageHost] },
});
const log = { warn: () => {}, error: () => {} };
const table = openTable('none', {
  endpoint: 'http://127.0.0.1:9',
  region: 'us-east-1',
  credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
});
const secrets = { masterKeys: async () => [MASTER_KEY], providerKey: async () => 'sk' };
const records = { report: () => {}, write: async () => {} };
const gateway = createGateway(createPorts({ catalog, log, table, secrets, records }));
const { url } = await serve(gateway, { port: 0, host: '127.0.0.1', bodyBytes: catalog.config.limits.bodyBytes, log });

/** The longest time for which the event loop could do nothing else, since this was last asked. */
let longestMs = 0;
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  longestMs = Math.max(longestMs, now - last - 5);
  last = now;
}, 5);

join(url, {
  mostMemoryMb: () => Math.round(process.resourceUsage().maxRSS / 1024),
  longestBlockMs: () => Math.round(longestMs),
});
