import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { loadCatalog } from '../shared/catalog/load.ts';
import { builtIns } from './built-ins.ts';
import { factsOf } from './models/facts.ts';
import { readDefinition } from './read-definition.ts';

const root = path.join(import.meta.dirname, '..');
const MODELS = 'gateway.models.json';

/**
 * Builds the folder of each function, the very ones that are deployed: `index.mjs` and, beside it, the configuration and what is known
 * of its models.
 * A mistake in the configuration ends it with a list of mistakes.
 */
async function buildFunctions(configFile: string, folders: Record<'gateway' | 'admin', string>): Promise<void> {
  const definition = await readDefinition(configFile);
  const catalog = loadCatalog(definition);
  for (const [name, folder] of Object.entries(folders)) await buildFunction(name, folder, definition);
  await writeFile(path.join(folders.gateway, MODELS), `${JSON.stringify(factsOf(catalog), null, 2)}\n`);
}

async function buildFunction(name: string, folder: string, definition: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Only what a build writes is removed: another folder given by name may hold more.
  for (const file of ['index.mjs', 'gateway.config.json', MODELS]) await rm(path.join(folder, file), { force: true });
  await build({
    entryPoints: [path.join(root, `functions/${name}/handler.ts`)],
    outfile: path.join(folder, 'index.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    plugins: [builtIns],
    // Some packages of the SDK still call `require` for Node's own modules.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  await writeFile(path.join(folder, 'gateway.config.json'), `${JSON.stringify(definition, null, 2)}\n`);
}

const { values } = parseArgs({
  options: {
    config: { type: 'string' },
    out: { type: 'string', default: path.join(root, 'dist/gateway') },
    'admin-out': { type: 'string' },
  },
});

try {
  if (values.config !== undefined) {
    throw new Error(
      `--config would hold for this build only, and a deployment builds again: SLUICE_CONFIG=${values.config} npm run deploy (or build, synth, diff)`,
    );
  }
  const config = process.env.SLUICE_CONFIG ?? path.join(root, 'infra/gateway.config.ts');
  const gateway = values.out;
  const folders = { gateway, admin: values['admin-out'] ?? path.join(path.dirname(gateway), 'admin') };
  await buildFunctions(config, folders);
  for (const folder of Object.values(folders)) console.log(`built ${shown(folder)} from ${shown(config)}`);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
}

function shown(file: string): string {
  return path.relative(process.cwd(), file) || file;
}
