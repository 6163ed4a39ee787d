import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { takeDataFolder } from '../../infra/local/data-folder.ts';

const modeOf = (place: string): string => (statSync(place).mode & 0o777).toString(8);

function emptyFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a new folder, and the table in it, are for nobody else', () => {
  const folder = path.join(emptyFolder(), 'a', 'b');
  const { table, release } = takeDataFolder(folder);
  expect([folder, table].map(modeOf)).toEqual(['700', '700']);
  release();
});

test('a folder that is there keeps its mode, and the table in it is for nobody else', () => {
  const folder = emptyFolder();
  chmodSync(folder, 0o755);
  takeDataFolder(folder).release();
  chmodSync(path.join(folder, 'table'), 0o755);
  const { table, release } = takeDataFolder(folder);
  expect([folder, table].map(modeOf)).toEqual(['755', '700']);
  release();
});
