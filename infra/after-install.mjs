// The package `node` brings 68 MB of C headers beside its program. Nothing is compiled here, so that they need not stay.
import { readdirSync, rmSync } from 'node:fs';

const packages = new URL('../node_modules/node/node_modules/', import.meta.url);
try {
  for (const name of readdirSync(packages)) {
    if (/^node-/.test(name)) rmSync(new URL(`${name}/include`, packages), { recursive: true, force: true });
  }
} catch (cause) {
  // With install scripts off there is no such folder.
  if (cause.code !== 'ENOENT') throw cause;
}
