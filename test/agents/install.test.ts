import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { INSTALLING_MS, installed } from './install.ts';

test('a package is installed once, however many ask for it at the same time', { timeout: INSTALLING_MS }, async () => {
  const wanted = { '@google/gemini-cli': '0.61.0' };
  const [first, second] = await Promise.all([installed(wanted), installed(wanted)]);
  expect(second).toBe(first);
  expect(existsSync(path.join(first, 'node_modules/.bin/gemini'))).toBe(true);
  // What was not asked for is not there, though the same lock file has it.
  expect(existsSync(path.join(first, 'node_modules/@openai/codex'))).toBe(false);
});

test('a version that is not pinned is refused', async () => {
  await expect(installed({ '@openai/codex': '0.1.0' })).rejects.toThrow(/@openai\/codex 0\.1\.0 is not what .* pins/);
  await expect(installed({ 'left-pad': '1.3.0' })).rejects.toThrow(/left-pad 1\.3\.0 is not what .* pins/);
});
