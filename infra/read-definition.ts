import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Reads a configuration file: a `.json`, or a `.ts`/`.js` module with the definition as its default export. Throws an error that
 * names file and line where it cannot be read.
 */
export async function readDefinition(file: string): Promise<unknown> {
  const full = path.resolve(file);
  if (!existsSync(full)) {
    throw new Error(`There is no configuration at ${shown(full)}: name the file with --config or SLUICE_CONFIG.`);
  }
  return full.endsWith('.json') ? readJson(full) : readModule(full);
}

async function readJson(full: string): Promise<unknown> {
  const text = await readFile(full, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${shown(full)} is not JSON: ${sentenceOf(cause)}`, { cause });
  }
}

async function readModule(full: string): Promise<unknown> {
  const module = await import(pathToFileURL(full).href).catch((cause: unknown) => {
    throw new Error(
      `The configuration cannot be read.\n  ${placeOf(cause) ?? placeOfSyntax(cause, full) ?? shown(full)}: ${sentenceOf(cause)}`,
      {
        cause,
      },
    );
  });
  const { default: definition } = module as { default?: unknown };
  if (definition !== undefined) return definition;
  throw new Error(`${shown(full)} has no default export: write \`export default defineGateway({ … })\`.`);
}

/** Where an error of an import comes from, as `file:line`. */
function placeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  // Node writes the place of a syntax error before its stack, and that of a thrown one into it.
  const [, url, line] = /(file:\/\/[^\s()]+?):(\d+)/.exec(thrown.stack?.replace(ownFrames, '') ?? '') ?? [];
  if (url) return `${shown(fileURLToPath(url))}:${line}`;
  // Of a module that is not there, it says only who imports it.
  const [, wanted, importer] = /^Cannot find \w+ '(.+)' imported from (.+)$/.exec(thrown.message) ?? [];
  return importer && `${shown(importer)}${lineThatNames(path.basename(wanted!), importer)}`;
}

/** Of a syntax error in plain JavaScript, Node gives the place only to a process that ends by it. */
function placeOfSyntax(thrown: unknown, full: string): string | undefined {
  if (!(thrown instanceof SyntaxError)) return undefined;
  const { stderr } = spawnSync(process.execPath, ['--check', full], { encoding: 'utf8', timeout: 10_000 });
  const [, line] = /^\S.*:(\d+)$/m.exec(stderr) ?? [];
  return line && `${shown(full)}:${line}`;
}

const ownFrames = new RegExp(`^.*${import.meta.url}.*$`, 'gm');

function lineThatNames(name: string, file: string): string {
  const at = readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((text) => /\b(?:import|from)\b/.test(text) && text.includes(name));
  return at === -1 ? '' : `:${at + 1}`;
}

const sentenceOf = (thrown: unknown): string =>
  (thrown instanceof Error
    ? `${thrown.name === 'Error' ? '' : `${thrown.name}: `}${thrown.message}`
    : String(thrown)
  ).trim();

const shown = (full: string): string => {
  const relative = path.relative(process.cwd(), full);
  return relative.startsWith('..') ? full : relative;
};
