import path from 'node:path';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '../..');

/**
 * Bundles a server as Sluice is deployed: Node's type stripper alone would add some 30 MB to its memory. `minify` is left out
 * for reading a profile of it.
 */
export async function bundle(name: string, { minify }: { minify: boolean }): Promise<string> {
  const outfile = path.join(root, '.cache/bench', `${name}.mjs`);
  await build({
    entryPoints: [path.join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    minify,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return outfile;
}
