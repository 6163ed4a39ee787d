import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { baselineOf, plainTemplate } from './baseline.ts';

/**
 * `node test/infra/write-baseline.ts`: writes what the template of this version has that later versions must keep. To be run for a
 * new resource; never to make a test pass that says a resource would be lost.
 */
const file = path.join(import.meta.dirname, 'baseline.template.json');
const place = mkdtempSync(path.join(tmpdir(), 'sluice-baseline-'));
try {
  const folder = path.join(place, 'gateway');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'index.mjs'), 'export const handler = () => {};\n');
  writeFileSync(path.join(folder, 'gateway.config.json'), JSON.stringify({ providers: { openai: {} } }));
  writeFileSync(file, `${JSON.stringify(baselineOf(plainTemplate(folder)), null, 2)}\n`);
  execFileSync('npx', ['biome', 'format', '--write', file], { stdio: 'ignore' });
  console.log(`wrote ${path.relative(process.cwd(), file)}`);
} finally {
  rmSync(place, { recursive: true, force: true });
}
