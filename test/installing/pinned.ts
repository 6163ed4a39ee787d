import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder, endOf, runNpm } from './npm.ts';

/** Longest time of an installation, for the tests that wait for it. */
export const INSTALLING_MS = 600_000;

interface Pinned {
  dependencies: Readonly<Record<string, string>>;
  /** Whose install scripts are run; those of all others are not. */
  allowScripts?: Readonly<Record<string, boolean>>;
}

interface Wanted {
  /** Packages and their exact versions, some or all of those that are pinned; all unless given. */
  wanted?: Readonly<Record<string, string>>;
  /** The folder below `.cache/` that it is installed in. */
  cache: string;
}

/**
 * Installs packages that are no dependencies of Sluice, by the `package.json` and lock file of a folder of the tests, unless the
 * cache has them. Resolves to the folder that has `node_modules`. Throws where a version is not the pinned one, and where npm fails.
 */
export async function installPinned(pinned: string, { wanted, cache }: Wanted): Promise<string> {
  const lock = await readFile(path.join(pinned, 'package-lock.json'), 'utf8');
  const own = JSON.parse(await readFile(path.join(pinned, 'package.json'), 'utf8')) as Pinned;
  const { dependencies, allowScripts = {} } = own;
  for (const [name, version] of Object.entries(wanted ?? {})) {
    if (dependencies[name] === version) continue;
    const pins = `${path.basename(path.dirname(pinned))}/${path.basename(pinned)}/package.json`;
    throw new Error(`${name} ${version} is not what test/${pins} pins (${dependencies[name]})`);
  }
  const names = Object.keys(wanted ?? dependencies).sort();
  const scripted = names.filter((name) => allowScripts[name]);
  const manifest = JSON.stringify({
    private: true,
    dependencies: Object.fromEntries(names.map((name) => [name, dependencies[name]])),
    // npm 11 and later ask before a script runs: this is the answer.
    allowScripts: Object.fromEntries(scripted.map((name) => [name, true])),
  });
  const digest = createHash('sha256').update(manifest).update(lock).digest('hex').slice(0, 12);
  const folder = path.join(cacheFolder, cache, `${names.map((name) => path.basename(name)).join('+')}-${digest}`);
  if (existsSync(folder)) return folder;
  await mkdir(path.dirname(folder), { recursive: true });
  // Made beside its place and moved there when it is whole: what is found there is never half an installation.
  const making = await mkdtemp(`${folder}-`);
  try {
    await cp(pinned, making, { recursive: true });
    await writeFile(path.join(making, 'package.json'), manifest);
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
