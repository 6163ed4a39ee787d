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
  checkUrl(url);
  // No header carries another text, and what refuses it there would print it.
  if (!/^[!-~]+$/.test(adminKey)) {
    const message = 'The admin key has a space, a line break or another sign that no key has; it is not shown here.';
    throw new CommandError(message, 2);
  }
  return createClient({ url, key: adminKey });
}

function checkUrl(text: string): void {
  const url = URL.parse(text);
  // A password may stand in it.
  if (url && (url.username !== '' || url.password !== ''))
    throw new CommandError('The URL must not have a user or a password in it.', 2);
  if (!url) throw new CommandError(`'${text}' is no URL`, 2);
  if (!['http:', 'https:'].includes(url.protocol))
    throw new CommandError(`'${text}' begins with ${url.protocol}//; it must be https:// or http://`, 2);
}

const missing = (flag: string, variable: string, what: string): string =>
  `Say which gateway: set ${variable} or give ${flag} (${what}). \`npm start\` prints both for this machine.`;

export function outputOf(command: Command): OutputOptions {
  const { json, csv } = command.optsWithGlobals<GlobalOptions>();
  if (json && csv) throw new CommandError('--json and --csv exclude each other', 2);
  return { ...(json ? { json } : {}), ...(csv ? { csv } : {}) };
}
