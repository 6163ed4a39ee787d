import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Reads a configuration file: a `.json`, or a `.ts`/`.js` module with the definition as its default export. */
export async function readDefinition(file: string): Promise<unknown> {
  const full = path.resolve(file);
  if (!full.endsWith('.json')) return ((await import(pathToFileURL(full).href)) as { default?: unknown }).default;
  const text = await readFile(full, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
