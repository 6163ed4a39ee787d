import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** What `npm start` and `npm test` run first. A Node of another version is this one that says so of itself. */
const root = path.join(import.meta.dirname, '../..');

function runOn(version: string) {
  const own = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
  const args = [
    '--import',
    `data:text/javascript,${encodeURIComponent(own)}`,
    path.join(root, 'infra/node-version.mjs'),
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test.each(['18.20.0', '20.20.2', '22.17.1'])('Node %s is asked to be newer, in one sentence', (version) => {
  const { status, output } = runOn(version);
  expect(status).toBe(1);
  expect(output).toBe(
    `Sluice needs Node 22.18 or later, and this is Node ${version}. Install a newer one (https://nodejs.org), then run: npm ci\n`,
  );
});

test.each(['22.18.0', '24.0.0', '26.1.0'])('Node %s is taken without a word', (version) => {
  expect(runOn(version)).toEqual({ status: 0, output: '' });
});

test('package.json and README ask for the same version', () => {
  const { engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    engines: { node: string };
  };
  expect(engines.node).toBe('>=22.18');
  expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toContain('Node 22.18 or later');
});
