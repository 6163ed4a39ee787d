import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  inBundle?: boolean;
  bundleDependencies?: string[];
  hasInstallScript?: boolean;
}

const root = path.join(import.meta.dirname, '..');
const read = <Content>(file: string): Content => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Content;

/** That of Sluice, and those of what tests install on first use. */
const folders = ['.', 'test/agents/cli', 'test/mutants/stryker'];

describe.each(folders)('the lock file of %s', (folder) => {
  const { packages } = read<{ packages: Record<string, Locked> }>(path.join(folder, 'package-lock.json'));
  const installed = Object.entries(packages).filter(([place]) => place !== '');

  test('has the SHA-512 of every package that is downloaded', () => {
    const without = installed.filter(([, { integrity, inBundle }]) => !inBundle && !isSha512(integrity));
    expect(installed.length).toBeGreaterThan(100);
    expect(without.map(([place]) => place)).toEqual([]);
  });

  test('leaves the checksum out only for packages inside the archive of another package that has one', () => {
    const loose = installed.filter(
      ([place, { inBundle }]) => inBundle && !isSha512(packages[bundleOf(place, packages)]?.integrity),
    );
    expect(loose.map(([place]) => place)).toEqual([]);
  });

  // npm asks the registry that is configured where it runs; an address written down would be that of one machine or mirror.
  test('names no address to download from', () => {
    expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    const withoutProse = JSON.stringify(packages, (name, value) => (prose.has(name) ? undefined : value));
    expect(withoutProse).not.toMatch(/https?:\/\//);
  });
});

test('packages with install scripts are those that package.json allows to run them, or says no to', () => {
  const { packages } = read<{ packages: Record<string, Locked> }>('package-lock.json');
  const { allowScripts } = read<{ allowScripts: Record<string, boolean> }>('package.json');
  const scripted = Object.entries(packages).filter(([place, { hasInstallScript }]) => place !== '' && hasInstallScript);
  expect(scripted.map(([place]) => nameOf(place)).sort()).toEqual(Object.keys(allowScripts).sort());
});

/** Texts of a package's makers, which may have addresses of their own. */
const prose = new Set(['funding', 'deprecated']);

const isSha512 = (integrity: string | undefined): boolean => /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '');

/** The package whose archive holds this one: the nearest around it that is not itself bundled. */
function bundleOf(place: string, packages: Readonly<Record<string, Locked>>): string {
  const outer = place.slice(0, place.lastIndexOf('/node_modules/'));
  return packages[outer]?.inBundle ? bundleOf(outer, packages) : outer;
}

const nameOf = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
