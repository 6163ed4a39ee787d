import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

/** Who may import whom: a file imports from its own folder or from a lower floor, never sideways, never up. */
const root = path.join(import.meta.dirname, '..');

const floors: readonly (readonly [RegExp, number])[] = [
  [/^shared\/(?:chat|http)\/|^shared\/(?:errors|env)\.ts$/, 0],
  [/^shared\/(?:dialects|vision)\//, 1],
  [/^shared\/(?:providers|catalog)\//, 2],
  [/^shared\/gateway\//, 3],
  [/^shared\/operations\//, 4],
  [/^shared\/(?:aws|hosts)\//, 5],
  [/^functions\//, 6],
  [/^infra\//, 7],
  [/^test\//, 8],
];

/** Neighbours on one floor where one stands on the other's shoulders. */
const allowed: readonly (readonly [RegExp, RegExp])[] = [
  // Bytes may fail with an error of ours; a conversation's stream may hold one.
  [/^shared\/(?:chat|http)\//, /^shared\/errors\.ts$/],
  // A catalog says which of the providers.
  [/^shared\/catalog\//, /^shared\/providers\//],
];

const files = ['shared', 'functions', 'infra', 'test'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join(folder, file.split(path.sep).join('/')))
    .filter((file) => file.endsWith('.ts')),
);

interface Import {
  file: string;
  from: string;
}

const imports: Import[] = files.flatMap((file) => {
  const source = readFileSync(path.join(root, file), 'utf8');
  const found = source.matchAll(
    /^(?:import|export)\b[^'"`;]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gms,
  );
  return [...found].map(([, a, b, c]) => ({ file, from: (a ?? b ?? c)! }));
});

const inner = imports
  .filter(({ from }) => from.startsWith('.'))
  .map(({ file, from }) => ({ file, target: path.posix.join(path.posix.dirname(file), from) }));

const floorOf = (file: string): number => floors.find(([place]) => place.test(file))?.[1] ?? Number.NaN;
const room = (file: string): string => /^(?:infra|test)\//.exec(file)?.[0] ?? file.split('/').slice(0, 2).join('/');
const told = ({ file, target }: { file: string; target: string }): string => `${file} → ${target}`;

describe('the floors of the house', () => {
  test('every file has a floor', () => {
    expect(files.filter((file) => Number.isNaN(floorOf(file)))).toEqual([]);
    expect(files.length).toBeGreaterThan(50);
  });

  test('a file imports from its own folder or from a lower floor', () => {
    const wrong = inner
      .filter(({ file, target }) => room(file) !== room(target) && floorOf(file) <= floorOf(target))
      .filter(({ file, target }) => !allowed.some(([from, to]) => from.test(file) && to.test(target)));
    expect(wrong.map(told)).toEqual([]);
  });

  test('no dialect imports another', () => {
    const dialect = (file: string) => /^shared\/dialects\/([^/]+)\/./.exec(file)?.[1];
    const wrong = inner.filter(
      ({ file, target }) => dialect(file) && dialect(target) && dialect(file) !== dialect(target),
    );
    expect(wrong.map(told)).toEqual([]);
  });

  test('infra is imported by nobody but itself and tests', () => {
    const wrong = inner.filter(({ file, target }) => target.startsWith('infra/') && !/^(?:infra|test)\//.test(file));
    expect(wrong.map(told)).toEqual([]);
  });

  test('the AWS SDK and powertools appear in shared/aws and in the local twin only', () => {
    const wrong = imports.filter(
      ({ file, from }) => /^@aws-(?:sdk|lambda-powertools)\//.test(from) && !/^(?:shared\/aws|infra|test)\//.test(file),
    );
    expect(wrong).toEqual([]);
  });

  test('one file calls providers over HTTP, and one fetches what callers name', () => {
    const callers = files
      .filter((file) => /^(?:shared|functions)\//.test(file))
      .filter((file) =>
        /\bfetch\(|https?\.request\(|\bhttps\b.*\)\.request\(/.test(readFileSync(path.join(root, file), 'utf8')),
      );
    expect(callers).toEqual(['shared/gateway/fetch-media.ts', 'shared/gateway/send.ts']);
  });

  test('files stay short', () => {
    const long = files
      .filter((file) => !/\/wire\.ts$|\.config\.ts$/.test(file))
      .map((file) => ({ file, lines: readFileSync(path.join(root, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });
});
