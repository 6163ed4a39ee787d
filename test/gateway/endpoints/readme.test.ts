import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { endpoints } from '../../../shared/gateway/endpoints/list.ts';

/** `METHOD /path` of each path in README's table of paths; a path without a method has that of the one before it. */
function listedPaths(): string[] {
  const readme = readFileSync(path.join(import.meta.dirname, '../../../README.md'), 'utf8');
  const [, after = ''] = readme.split('| path | |\n|---|---|\n');
  const rows = after.slice(0, after.indexOf('\n\n')).split('\n');
  return rows.flatMap((row) => {
    const [, cell = ''] = row.split('|');
    let method = '';
    const listed = [...cell.matchAll(/`(?:([A-Z]+) )?(\/[^`]*)`/g)].filter(([, , found]) => found !== '/{id}');
    const paths = listed.map(([, own, found]) => {
      method = own ?? method;
      return `${method} ${found}`;
    });
    return cell.includes('`/{id}`') ? [...paths, ...paths.map((found) => `${found}/{id}`)] : paths;
  });
}

test('README lists exactly the paths that are served, each with its method', () => {
  const served = endpoints.flatMap(({ paths, methods }) =>
    methods.filter((method) => method !== 'HEAD').flatMap((method) => paths.map((found) => `${method} ${found}`)),
  );
  expect(served.sort(), 'write the path into the table `| path | |` of README').toEqual(listedPaths().sort());
});
