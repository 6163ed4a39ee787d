/**
 * `npm run test:planted [-- words of a bug's name]`: plants each bug of `planted/*.patch` into a copy of the tree and shows that each
 * fuzzer finds it within a minute.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyPatch } from './patch.ts';
import { fuzzers } from './rounds.ts';

const root = path.join(import.meta.dirname, '../..');
const folder = path.join(import.meta.dirname, 'planted');
const [words = ''] = process.argv.slice(2);
const bugs = readdirSync(folder).filter((file) => file.endsWith('.patch') && file.includes(words));

let missed = 0;
for (const fuzzer of fuzzers) {
  const { stdout } = spawnSync(
    process.execPath,
    ['--expose-gc', 'test/fuzz/run.ts', '--only', fuzzer, '--rounds', '300', '--seed', '1'],
    { cwd: root, encoding: 'utf8' },
  );
  const findings = stdout.split('\n').filter((line) => line.startsWith('FOUND'));
  console.log(`nothing planted, ${fuzzer}: ${findings.length} findings in 300 rounds`);
  missed += findings.length;
}
for (const bug of bugs) {
  const patch = readFileSync(path.join(folder, bug), 'utf8');
  const [, what = ''] = /^# (.*)$/m.exec(patch) ?? [];
  const finding = new RegExp(/^# finding: (.*)$/m.exec(patch)?.[1] ?? '');
  const copy = copyOfTree();
  try {
    applyPatch(patch, copy);
    const found = fuzzers.map((fuzzer) => seconds(copy, fuzzer, finding));
    missed += found.filter((time) => time === undefined).length;
    const cells = fuzzers.map((fuzzer, at) =>
      `${fuzzer} ${found[at] === undefined ? 'MISSED' : `${found[at]} s`}`.padEnd(16),
    );
    console.log(`${bug.replace('.patch', '').padEnd(20)}  ${cells.join('  ')}  ${what}`);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
console.log(`\n${bugs.length} planted bugs, ${fuzzers.length} fuzzers, ${missed} missed`);
process.exit(missed > 0 ? 1 : 0);

function copyOfTree(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'sluice-planted-'));
  for (const part of ['shared', 'functions', 'infra', 'test', 'package.json', 'tsconfig.json']) {
    cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}

/** After how many seconds a fuzzer found the bug, start included; nothing where it did not within a minute. */
function seconds(copy: string, fuzzer: string, finding: RegExp): number | undefined {
  const began = performance.now();
  const options = ['--only', fuzzer, '--minutes', '1', '--seed', '1', '--until', finding.source];
  const { stdout } = spawnSync(process.execPath, ['--expose-gc', 'test/fuzz/run.ts', ...options], {
    cwd: copy,
    encoding: 'utf8',
  });
  const isFound = stdout.split('\n').some((line) => line.startsWith('FOUND') && finding.test(line));
  return isFound ? Math.round((performance.now() - began) / 1000) : undefined;
}
