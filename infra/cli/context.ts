import type { Command } from 'commander';
import { type Client, CommandError, createClient } from './client.ts';
import type { OutputOptions } from './output.ts';

export interface GlobalOptions extends OutputOptions {
  url?: string;
  adminKey?: string;
}

/** Where to and with which key, from the flags or the environment. */
export function clientOf(command: Command): Client {
  const { url = process.env.SLUICE_URL, adminKey = process.env.SLUICE_ADMIN_KEY } =
    command.optsWithGlobals<GlobalOptions>();
  if (!url) throw new CommandError(missing('--url', 'SLUICE_URL', 'the URL of the administration'), 2);
  if (!adminKey)
    throw new CommandError(missing('--admin-key', 'SLUICE_ADMIN_KEY', 'the master key or an admin key'), 2);
  if (!URL.canParse(url)) throw new CommandError(`'${url}' is no URL`, 2);
  return createClient({ url, key: adminKey });
}

const missing = (flag: string, variable: string, what: string): string =>
  `Say which gateway: set ${variable} or give ${flag} (${what}). \`npm start\` prints both for this machine.`;

export function outputOf(command: Command): OutputOptions {
  const { json, csv } = command.optsWithGlobals<GlobalOptions>();
  if (json && csv) throw new CommandError('--json and --csv exclude each other', 2);
  return { ...(json ? { json } : {}), ...(csv ? { csv } : {}) };
}
