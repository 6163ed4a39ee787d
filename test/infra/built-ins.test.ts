import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { builtIns } from '../../infra/built-ins.ts';

const program = `
  import http from 'node:http';
  import { gzipSync } from 'zlib';
  import * as os from 'node:os';
  const undici = process.moduleLoadList.filter((name) => /undici/.test(name)).length;
  console.log(JSON.stringify({ http: typeof http.request, zlib: gzipSync('x').length > 0, os: typeof os.tmpdir, undici }));
`;

test('a bundle uses Node’s own modules without loading what they only offer', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-built-ins-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outfile = path.join(folder, 'index.mjs');
  const stdin = { contents: program, resolveDir: folder };
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', plugins: [builtIns] });
  const said = JSON.parse(execFileSync(process.execPath, [outfile], { encoding: 'utf8' }));
  expect(said).toEqual({ http: 'function', zlib: true, os: 'function', undici: 0 });
});
