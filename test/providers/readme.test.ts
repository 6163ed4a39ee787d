import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { presets } from '../../shared/providers/registry.ts';

/** README's names of the dialects that providers speak. */
const dialectOfRow: Readonly<Record<string, string>> = {
  'OpenAI chat': 'openai-chat',
  'OpenAI Responses': 'openai-responses',
  'Anthropic messages': 'anthropic',
  Gemini: 'gemini',
  'Bedrock Converse': 'bedrock',
  'Cohere v2': 'cohere',
  'business API': 'business',
};

/** The rows of the table that follows `| dialect | providers |`, as dialect and text. */
function rowsOfTable(): [dialect: string, text: string][] {
  const readme = readFileSync(path.join(import.meta.dirname, '../../README.md'), 'utf8');
  const [, after = ''] = readme.split('| dialect | providers |\n|---|---|\n');
  const lines = after.slice(0, after.indexOf('\n\n')).split('\n');
  return lines.map((line) => {
    const [, row = '', text = ''] = line.split('|').map((cell) => cell.trim());
    return [dialectOfRow[row] ?? row, text];
  });
}

test('README lists exactly the presets of the registry, each with its dialect', () => {
  const listed = rowsOfTable().flatMap(([dialect, text]) =>
    [...text.matchAll(/`([a-z0-9-]+)`/g)].map(([, name]) => `${dialect}: ${name}`),
  );
  const registered = Object.entries(presets).map(([name, { dialect }]) => `${dialect.name}: ${name}`);
  expect(registered.sort(), 'write the preset into the table `| dialect | providers |` of README').toEqual(
    listed.sort(),
  );
});

test('every file of a provider has presets in the registry', () => {
  const folder = path.join(import.meta.dirname, '../../shared/providers');
  const registry = readFileSync(path.join(folder, 'registry.ts'), 'utf8');
  const files = ['global', 'chinese', 'clouds'].flatMap((part) =>
    readdirSync(path.join(folder, part)).map((file) => `./${part}/${file}`),
  );
  const missing = files.filter((file) => !registry.includes(`'${file}'`));
  expect(missing, 'import it in registry.ts and add its line there').toEqual([]);
});
