import { existsSync } from 'node:fs';
import path from 'node:path';
import { readDefinition } from '../read-definition.ts';
import { consoleLog } from './console-log.ts';
import { endOnSignal } from './end-on-signal.ts';
import { help, readOptions, type StartOptions } from './options.ts';
import { welcome } from './welcome.ts';

const root = path.join(import.meta.dirname, '../..');
const envFile = path.join(root, '.env');

/** `npm start`: the gateway on this machine, with no account and no key. */
async function start(): Promise<void> {
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const options = readOptions(process.argv.slice(2), process.env, root);
  if (options.help) {
    console.log(help);
    return;
  }
  const { port, host, demo, data, config } = options;
  const definition = await readDefinition(config);
  // The gateway takes a second to load: what is wrong with the above is said before.
  const { startTwin } = await import('./twin.ts');
  const twin = await startTwin({ definition, port, host, demo, data, env: process.env, log: consoleLog() }).catch(
    (cause: unknown) => {
      throw new Error(cannotListen(cause, options), { cause });
    },
  );
  endOnSignal(twin);
  console.log(welcome(twin, process.env));
}

/** What to do where the address cannot be had; of any other error, its own message. */
function cannotListen(thrown: unknown, { port, host }: StartOptions): string {
  const { code, message } = thrown as NodeJS.ErrnoException;
  const other = `npm start -- --port ${port < 65_535 ? port + 1 : 8787} (or 0, for any free port)`;
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${host} is taken, perhaps by a Sluice that still runs: end that program, or ${other}`;
  if (code === 'EACCES') return `Port ${port} is not for programs without special rights: ${other}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `'${host}' is no address of this machine: --host 127.0.0.1 for this machine alone, 0.0.0.0 for all of its interfaces`;
  return message;
}

try {
  await start();
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exit(1);
}
