import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, endOf, runNpm } from '../installing/npm.ts';

/**
 * Agents are some 1.6 GB of programs, so they are no dependencies of Sluice: the tests that need one install it on first use.
 * `cli/package.json` has their exact versions, `cli/package-lock.json` the checksum of every package they bring.
 *
 * To change a version: change it there, then `npm install --package-lock-only --omit-lockfile-registry-resolved` in that folder.
 * A platform's program that the registry does not have must not be named in the lock, or `npm ci` refuses all of it.
 */
const pinned = path.join(import.meta.dirname, 'cli');

interface Pinned {
  dependencies: Readonly<Record<string, string>>;
  allowScripts: Readonly<Record<string, boolean>>;
}

/** Longest time of an installation, for the tests that wait for it. */
export const INSTALLING_MS = 600_000;

/**
 * The folder in which these packages are installed, by name and exact version: a command is `node_modules/.bin/<command>`
 * in it. The first call takes up to a minute and needs the registry; throws where a version is not the pinned one, and where
 * npm fails.
 */
export async function installed(wanted: Readonly<Record<string, string>>): Promise<string> {
  const lock = await readFile(path.join(pinned, 'package-lock.json'), 'utf8');
  const { dependencies, allowScripts } = JSON.parse(
    await readFile(path.join(pinned, 'package.json'), 'utf8'),
  ) as Pinned;
  for (const [name, version] of Object.entries(wanted)) {
    if (dependencies[name] === version) continue;
    throw new Error(`${name} ${version} is not what test/agents/cli/package.json pins (${dependencies[name]})`);
  }
  const names = Object.keys(wanted).sort();
  const scripted = names.filter((name) => allowScripts[name]);
  const own = JSON.stringify({
    private: true,
    dependencies: Object.fromEntries(names.map((name) => [name, wanted[name]])),
    allowScripts: Object.fromEntries(scripted.map((name) => [name, true])),
  });
  const digest = createHash('sha256').update(own).update(lock).digest('hex').slice(0, 12);
  const folder = path.join(cacheFolder, 'agents', `${names.map((name) => path.basename(name)).join('+')}-${digest}`);
  if (existsSync(folder)) return folder;
  await mkdir(path.dirname(folder), { recursive: true });
  // Made beside its place and moved there when it is whole: what is found there is never half an installation.
  const making = await mkdtemp(`${folder}-`);
  try {
    await writeFile(path.join(making, 'package.json'), own);
    await cp(path.join(pinned, 'package-lock.json'), path.join(making, 'package-lock.json'));
    await npm(['ci', '--ignore-scripts'], making);
    if (scripted.length > 0) await npm(['rebuild', '--ignore-scripts=false', ...scripted], making);
    await rename(making, folder).catch((cause) => {
      // Another process was first.
      if (!existsSync(folder)) throw cause;
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return folder;
}

async function npm(args: readonly string[], folder: string): Promise<void> {
  const { code, output } = await runNpm(args, { folder, timeoutMs: INSTALLING_MS });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed in ${folder}:\n${endOf(output)}`);
}
