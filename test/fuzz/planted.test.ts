import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { applyPatch, readPatch } from './patch.ts';

const folder = path.join(import.meta.dirname, 'planted');
const root = path.join(import.meta.dirname, '../..');
const patches = readdirSync(folder);

it('there are eight bugs to plant', () => {
  expect(patches).toHaveLength(8);
});

it.each(patches)('%s can be planted in this tree', (name) => {
  const patch = readFileSync(path.join(folder, name), 'utf8');
  expect(readPatch(patch)).not.toEqual([]);
  expect(() => applyPatch(patch, root, { dry: true })).not.toThrow();
});
