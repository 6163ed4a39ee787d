import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readDefinition } from '../read-definition.ts';
import { consoleLog } from './console-log.ts';
import { startTwin, type Twin } from './twin.ts';

const root = path.join(import.meta.dirname, '../..');
const envFile = path.join(root, '.env');

/** `npm start`: the gateway on this machine, with no account and no key. */
async function start(): Promise<void> {
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: process.env.PORT ?? '8787' },
      host: { type: 'string', default: process.env.HOST ?? '127.0.0.1' },
      config: { type: 'string', default: process.env.SLUICE_CONFIG ?? path.join(root, 'infra/gateway.config.ts') },
      data: { type: 'string', ...(process.env.SLUICE_DATA ? { default: process.env.SLUICE_DATA } : {}) },
      'no-demo': { type: 'boolean', default: false },
    },
  });
  const twin = await startTwin({
    definition: await readDefinition(values.config),
    port: portOf(values.port),
    host: values.host,
    demo: !values['no-demo'],
    data: values.data,
    env: process.env,
    log: consoleLog(),
  });
  console.log(welcome(twin));
  endOnSignal(twin);
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Error(`'${text}' is no port; give a number from 0 to 65535`);
}

function welcome({ url, masterKey, catalog }: Twin): string {
  const providers = [...catalog.providers.values()];
  const usable = providers.filter(({ secret }) => secret === undefined || process.env[secret]);
  const model = catalog.knows('demo') ? 'demo' : (catalog.models[0]?.id ?? '<provider>/<model>');
  return `
Sluice listens at ${url}

  base URL   ${url}/v1
  key        ${masterKey}
  models     ${catalog.models.map(({ id }) => id).join(', ')}
  providers  ${usable.map(({ name }) => name).join(', ') || 'none with a key'}   (others wait for their key in the environment or .env)

Try it:

  curl -N ${url}/v1/chat/completions -H 'authorization: Bearer ${masterKey}' -H 'content-type: application/json' \\
    -d '{"model":"${model}","stream":true,"messages":[{"role":"user","content":"Hello!"}]}'

Make a first key:

  export SLUICE_URL=${url} SLUICE_ADMIN_KEY=${masterKey}
  npm run sluice -- keys create --name first --rpm 60
`;
}

function endOnSignal(twin: Twin): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      // Asked a second time, it ends at once: the handler is gone.
      void twin.close().then(() => process.exit(0));
    });
  }
}

try {
  await start();
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exit(1);
}
