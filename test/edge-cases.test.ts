import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

/** The list says what must hold; titles of tests and groups of tests name the cases they show as `#13`. */
const list = readFileSync(path.join(import.meta.dirname, 'edge-cases.md'), 'utf8');
const cases = [...list.matchAll(/^(\d+)\. (.+)$/gm)].map(([, number, sentence]) => ({
  number: Number(number),
  sentence: sentence!,
}));
const numbers = cases.map(({ number }) => number);

/** Titles stand behind `test(`, or in the rows of a table of tests. */
const TITLES = [
  /\b(?:test|describe)(?:\.[a-zA-Z]+)*\(\s*(['"`])((?:(?!\1).)*#\d(?:(?!\1).)*)\1/gs,
  /^\s*(?:\]\)\(|\[)\s*(['"`])((?:(?!\1).)*#\d(?:(?!\1).)*)\1/gms,
];

const shown = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => {
    const source = readFileSync(path.join(import.meta.dirname, file), 'utf8');
    const titles = TITLES.flatMap((pattern) => [...source.matchAll(pattern)].map(([, , title]) => title!));
    return titles.flatMap((title) =>
      [...title.matchAll(/#(\d+)/g)].map(([, number]) => ({ file, number: Number(number) })),
    );
  });

test('the cases are numbered from 1 without a gap, and each is one sentence', () => {
  expect(numbers).toEqual(Array.from({ length: 96 }, (_, index) => index + 1));
  expect(cases.filter(({ sentence }) => !/^[A-Z][^.]*\.$/.test(sentence))).toEqual([]);
  expect(new Set(cases.map(({ sentence }) => sentence)).size).toBe(cases.length);
});

test('each case is shown by a test', () => {
  const seen = new Set(shown.map(({ number }) => number));
  expect(cases.filter(({ number }) => !seen.has(number))).toEqual([]);
});

test('no test names a case that is not in the list', () => {
  expect(shown.filter(({ number }) => !numbers.includes(number))).toEqual([]);
});
