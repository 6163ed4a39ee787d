/** `npm run test:mutants`: Stryker, which is installed into a cache folder the first time, with the vitest that Sluice has. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { installPinned } from '../installing/pinned.ts';

const folder = await installPinned(path.join(import.meta.dirname, 'stryker'), { cache: 'stryker' });
const stryker = path.join(folder, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const config = path.join(import.meta.dirname, 'stryker.config.ts');
const { status } = spawnSync(process.execPath, [stryker, 'run', config, ...process.argv.slice(2)], {
  cwd: path.join(import.meta.dirname, '../..'),
  stdio: 'inherit',
});
process.exit(status ?? 1);
