import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { apiNames, type Expected, expectedOf, readMaterial, targetOf, written } from './wire.ts';

/**
 * `npm run wire -- <preset>`: writes `request.json`, which is what the preset's vendor would get for the
 * conversation of `conversation.ts`, and into `expected.json` what is read from the folder's reply, stream and error. Both are what
 * our code does: compare every line with the vendor's documentation before you commit it.
 */
const preset = apiNames.find((name) => name === process.argv[2]);
if (!preset) fail(`Usage: npm run wire -- <preset>; these are ${apiNames.join(', ')}.`);

const folder = path.join(import.meta.dirname, '../wire', preset);
const missing = ['reply.json', 'error.json'].filter((name) => !existsSync(path.join(folder, name)));
if (!['stream.txt', 'stream.json'].some((name) => existsSync(path.join(folder, name)))) missing.push('stream.txt');
if (missing.length > 0) fail(`Write ${missing.join(', ')} in ${folder} first, after the vendor's documentation.`);

const start = { page: '', peculiar: '', model: '' };
const given: Partial<Expected> = existsSync(path.join(folder, 'expected.json')) ? expectedOf(preset) : start;
const { page, peculiar, model } = given;
if (!page || !peculiar || !model) {
  write('expected.json', { ...start, ...given });
  fail(`Fill in \`page\`, \`peculiar\` and \`model\` in ${path.join(folder, 'expected.json')}, then run this again.`);
}
const target = targetOf(preset, model);
write('request.json', written(target).summary);
write('expected.json', { page, peculiar, model, ...readMaterial(preset, target) });

function write(name: string, content: object): void {
  const file = path.join(folder, name);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  execFileSync('npx', ['biome', 'format', '--write', file], { stdio: 'ignore' });
  console.log(`${readFileSync(file, 'utf8') === before ? 'unchanged' : 'wrote'} ${path.relative(process.cwd(), file)}`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
