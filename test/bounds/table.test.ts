import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { STALLED_MS } from '../../shared/hosts/answer.ts';
import { receivingBounds } from '../../shared/hosts/node.ts';

/** README's table "What has which bound" says what the configuration's own defaults are. */
const readme = readFileSync(path.join(import.meta.dirname, '../../README.md'), 'utf8');
const section = readme.split('### What has which bound')[1]?.split('\n## ')[0] ?? '';
const rows = section
  .split('\n')
  .filter((line) => /^\| (?!what |---)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, what = '', bound = '', setBy = '']) => ({
    what,
    bound,
    settings: [...setBy.matchAll(/[a-z]+\.[A-Za-z]+/g)].map(([name]) => name),
  }));

const catalog = loadCatalog({ providers: { p: { baseUrl: 'http://127.0.0.1/v1', auth: 'none' } } });
const { limits, media, vision } = catalog.config;
const groups: Record<string, object> = { limits, media, vision, timeouts: catalog.providers.get('p')!.timeouts };

const defaults = Object.entries(groups).flatMap(([group, settings]) =>
  Object.entries(settings)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]): [string, number] => [`${group}.${name}`, value]),
);

/** As the table writes it. */
function written(name: string, value: number): string {
  if (name.endsWith('Bytes')) return `${value / 1_000_000} MB`;
  return name.endsWith('Ms') ? `${value / 1_000} s` : value.toLocaleString('en-US');
}

/** What bounds no input and no wait: how much is done at once, how long an answer a describer may give, how long one is kept. */
const others = ['vision.atOnce', 'vision.maxTokens', 'vision.urlSeconds'];

describe("README's table of bounds", () => {
  test.each(defaults.filter(([name]) => !others.includes(name)))('has %s with its default, %i', (name, value) => {
    const row = rows.find(({ settings }) => settings.includes(name));
    expect(row?.bound.split(/[,;] /)).toEqual(
      expect.arrayContaining([expect.stringMatching(new RegExp(`^${written(name, value)}\\b`))]),
    );
  });

  test('names no setting that there is not', () => {
    const known = defaults.map(([name]) => name);
    expect(rows.flatMap(({ settings }) => settings).filter((name) => !known.includes(name))).toEqual([]);
  });

  test('says how long a reader who does not read is waited for', () => {
    expect(rows.find(({ what }) => what === 'a reader who does not read')?.bound).toBe(
      `${STALLED_MS / 1_000} s in all`,
    );
  });

  test('says how long a caller may take to send its request, and how many connections there may be', () => {
    const boundOf = (named: string) => rows.find(({ what }) => what === named)?.bound;
    const { headersMs, requestMs, lookedAtEveryMs, connections } = receivingBounds;
    expect(boundOf('a caller who sends its request')).toBe(
      `headers ${headersMs / 1_000} s, all of it ${requestMs / 1_000} s; looked at every ${lookedAtEveryMs / 1_000} s`,
    );
    expect(boundOf('connections to the host')).toBe(connections.toLocaleString('en'));
  });
});
