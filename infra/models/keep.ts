import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rowsOfCatalogue } from './read-catalogue.ts';

/** `npm run models -- api.json`: keeps what is known of our presets' models, from a file that was fetched from models.dev. */
const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Name the file to read: curl -o api.json https://models.dev/api.json && npm run models -- api.json');
  process.exit(1);
}
const rows = rowsOfCatalogue(await readFile(file, 'utf8'));
const day = (await stat(file)).mtime.toISOString().slice(0, 10);
const head = [
  `# What is known of models, from https://models.dev (MIT licence, copyright 2025 models.dev), as of ${day}. Written by`,
  '# `npm run models`; what is wrong or lacking here is laid over it by own-rows.tsv.',
  '# seller\tmodel\tname\tcontext\tinput\toutput\tcan',
];
await writeFile(path.join(import.meta.dirname, 'kept.tsv'), `${[...head, ...rows].join('\n')}\n`);
console.log(`kept ${rows.length} models`);
