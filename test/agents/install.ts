import path from 'node:path';
import { INSTALLING_MS, installPinned } from '../installing/pinned.ts';

export { INSTALLING_MS };

/**
 * Agents are some 1.6 GB of programs, so they are no dependencies of Sluice: the tests that need one install it on first use.
 * `cli/package.json` has their exact versions, `cli/package-lock.json` the checksum of every package they bring.
 *
 * To change a version: change it there, then `npm install --package-lock-only --omit-lockfile-registry-resolved` in that folder.
 * A platform's program that the registry does not have must not be named in the lock, or `npm ci` refuses all of it.
 */
const pinned = path.join(import.meta.dirname, 'cli');

/**
 * The folder in which these agents are installed, by package and exact version: a command is `node_modules/.bin/<command>` in
 * it. The first call takes up to a minute and needs the registry; throws where a version is not the pinned one, and where npm
 * fails.
 */
export const installed = (wanted: Readonly<Record<string, string>>): Promise<string> =>
  installPinned(pinned, { wanted, cache: 'agents' });
