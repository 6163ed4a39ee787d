import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * The 96 edge cases of the protocol reference that Sluice is built by: each is a test whose name carries its number (`#13 …`), or
 * stands here with the reason why it cannot occur.
 */
const LAST = 96;
const leftOut: Readonly<Record<number, string>> = {};

const titles = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => {
    const source = readFileSync(path.join(import.meta.dirname, file), 'utf8');
    const named = source.matchAll(/\b(?:test|describe)(?:\.[a-zA-Z]+)*\(\s*(['"`])((?:(?!\1).)*#\d(?:(?!\1).)*)\1/gs);
    const listed = source.matchAll(/^\s*(?:\]\)\(|\[)\s*(['"`])((?:(?!\1).)*#\d(?:(?!\1).)*)\1/gms);
    return [...named, ...listed].map(([, , title]) => title!);
  });

const shown = new Set(titles.flatMap((title) => [...title.matchAll(/#(\d+)/g)].map(([, number]) => Number(number))));

describe('the edge cases', () => {
  test('are each shown by a test or left out with a reason', () => {
    const numbers = Array.from({ length: LAST }, (_, index) => index + 1);
    expect(numbers.filter((number) => !shown.has(number) && !leftOut[number])).toEqual([]);
    expect(
      Object.keys(leftOut)
        .map(Number)
        .filter((number) => shown.has(number)),
    ).toEqual([]);
  });
});
