/** `npm run test:lambda`: the built bundle under AWS's own runtime client. Nothing outside this machine is called but npm, once. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BuildImpossible, ensureRuntimeClient, repository } from './runtime-client.ts';

try {
  await ensureRuntimeClient();
} catch (thrown) {
  if (!(thrown instanceof BuildImpossible)) throw thrown;
  console.error(thrown.message);
  process.exit(1);
}

const vitest = join(repository, 'node_modules/.bin/vitest');
const config = join(repository, 'test/lambda/vitest.config.ts');
const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', config, ...process.argv.slice(2)], {
  cwd: repository,
  stdio: 'inherit',
});
process.exit(status ?? 1);
