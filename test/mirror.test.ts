import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** The test of a file is found by the file's name: `shared/routing/plan.ts` is tested by `test/routing/plan.test.ts`. */
const root = path.join(import.meta.dirname, '..');

/** Rooms in which every file has its test. */
const mirrored = [
  'accounting',
  'async',
  'call',
  'gateway',
  'identity',
  'media',
  'remember',
  'roads',
  'routing',
  'transforms',
  'upstream',
  'vectors',
] as const;

/** Rooms whose rules are mutated by `npm run test:mutants`: their tests need nothing but plain values. */
const mutated = ['accounting', 'async', 'routing'] as const;

/** Files without a test of their own, and why. */
const without: Readonly<Record<string, string>> = {
  'accounting/limits/scopes.ts': 'types',
  'call/account.ts': 'types',
  'call/attempt.ts': 'types',
  'call/call.ts': 'types',
  'call/kept-response.ts': 'types',
  'gateway/ports.ts': 'types',
  'gateway/endpoints/list.ts': 'a list, read by the tests of endpoint, routes and about',
  'identity/refusals.ts': 'sentences, read by the tests of token, claims and tokens',
  'remember/table.ts': 'types',
  'roads/ports.ts': 'types',
  'transforms/alternation-rules.ts': 'types and texts, read by the test of alternate',
  'transforms/transform.ts': 'types',
  'transforms/words.ts': 'types',
};

const filesOf = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join(folder, file.split(path.sep).join('/')))
    .filter((file) => file.endsWith('.ts'));

test('every file of these rooms has a test of its name', () => {
  const untested = mirrored
    .flatMap((room) => filesOf(`shared/${room}`))
    .map((file) => file.replace(/^shared\//, ''))
    .filter((file) => !existsSync(path.join(root, 'test', file.replace(/\.ts$/, '.test.ts'))));
  expect(untested.sort(), 'write a test of the same name under test/').toEqual(Object.keys(without).sort());
});

test('a test of a name imports the file of that name', () => {
  const foreign = mirrored
    .flatMap((room) => filesOf(`shared/${room}`))
    .filter((file) => {
      const own = path.join(root, file.replace(/^shared\//, 'test/').replace(/\.ts$/, '.test.ts'));
      // The two that remain are opened by files of test/support. Endpoints are asked through the gateway: what is answered depends on all of it.
      if (!existsSync(own) || file.includes('/endpoints/')) return false;
      return !readFileSync(own, 'utf8').includes(`/${file}'`);
    });
  expect(foreign).toEqual(['shared/accounting/open.ts', 'shared/gateway/gateway.ts']);
});

test('tests of the rules that are mutated need neither sockets nor a table', () => {
  const needing = mutated
    .flatMap((room) => filesOf(`test/${room}`))
    .filter((file) =>
      /from '[^']*(?:\/infra\/|\/support\/(?:rig|provider)\.ts|node:(?:http|net))/.test(
        readFileSync(path.join(root, file), 'utf8'),
      ),
    );
  expect(needing).toEqual([]);
});
