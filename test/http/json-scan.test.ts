import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tryParseExact, tryParseJson, tryParseLenient } from '../../shared/http/json.ts';
import { isTooMuch, type JsonBounds, MOST_VALUES, scanJson } from '../../shared/http/json-scan.ts';

const scanOf = (text: string, bounds: Partial<JsonBounds> = {}) => {
  const found = scanJson(Buffer.from(text), { depth: 50, values: MOST_VALUES, ...bounds });
  return typeof found === 'string' ? found : found.places;
};
const valuesOf = (text: string): number => {
  let least = 0;
  let most = 1_000_000_000;
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (scanOf(text, { values: middle }) === 'too-many') least = middle;
    else most = middle;
  }
  return most;
};
const listOf = (item: string, count: number): string => `[${`${item},`.repeat(count).slice(0, -1)}]`;
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => at.toString(36));

describe('the depth of a text', () => {
  test('is counted in brackets and in braces', () => {
    expect(scanOf('['.repeat(50) + ']'.repeat(50))).toEqual([]);
    expect(scanOf('['.repeat(51) + ']'.repeat(51))).toBe('too-deep');
    expect(scanOf(`${'{"a":'.repeat(51)}1${'}'.repeat(51)}`)).toBe('too-deep');
    expect(scanOf(listOf('[]', 100))).toEqual([]);
  });

  test('has nothing of brackets within strings, nor of quotes that are escaped', () => {
    expect(scanOf(JSON.stringify(['['.repeat(100), `\\"${'['.repeat(100)}`]))).toEqual([]);
    expect(scanOf(`["${'['.repeat(100)}`)).toEqual([]);
  });

  test('refuses 31 MB of brackets before they are parsed', () => {
    const before = process.cpuUsage();
    expect(tryParseJson('['.repeat(31_000_000))).toBeUndefined();
    expect(tryParseExact(`[1234567890123456789,${'['.repeat(1_000_000)}`)).toBeUndefined();
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});

describe('the values of a text', () => {
  test.each([
    ['10,000 numbers', listOf('-0.0123', 10_000), 10_005],
    ['1,000 texts', listOf('"a"', 1_000), 11_005],
    ['1,000 empty lists', listOf('[]', 1_000), 7_005],
    ['1,000 objects of one kind', listOf('{"a":1,"b":2}', 1_000), 14_079],
    ['1,000 long integers', listOf('-12345678901234567890', 1_000), 201_005],
    ['1,000 long fractions', listOf('-0.12345678901234567', 1_000), 1_005],
    ['1,000 numbers that are none', listOf('NaN', 1_000), 21_005],
  ])('%s', (_, text, values) => {
    expect(valuesOf(text)).toBe(values);
  });

  test('members by new names cost a multiple, in one object and in an object each', () => {
    const one = `{${names(1000).map((name) => `"${name}":1`)}}`;
    const each = `[${names(1000).map((name) => `{"${name}":1}`)}]`;
    expect(valuesOf(one)).toBeGreaterThan(40_000);
    expect(valuesOf(each)).toBeGreaterThan(40_000);
  });

  test('the same names in another order are new ones, as they are to the engine', () => {
    const orders = names(30).flatMap((a) => names(30).map((b) => `{"${a}_":1,"_${b}":1}`));
    expect(valuesOf(`[${orders}]`)).toBeGreaterThan(900 * 40);
  });

  test('an object of very many members does not become cheap by being repeated', () => {
    const many = `{${names(1000).map((name) => `"${name}":1`)}}`;
    expect(valuesOf(listOf(many, 10))).toBeGreaterThan(300_000);
  });

  test('are within the default bound for what is large and well-meant', () => {
    const messages = listOf('{"role":"user","content":"hi"},{"role":"assistant","content":"hi"}', 60_000);
    const vectors = listOf(`{"object":"embedding","index":1,"embedding":${listOf('0.0123', 1536)}}`, 2048);
    const schema = {
      type: 'object',
      properties: { city: { type: 'string', description: 'where' } },
      required: ['city'],
    };
    const tools = Array.from({ length: 3000 }, (_, at) => ({
      name: `tool${at}`,
      parameters: { ...schema, [`x${at}`]: 1 },
    }));
    for (const text of [messages, vectors, JSON.stringify(tools), listOf('12345', 300_000)]) {
      expect(scanOf(text)).toEqual([]);
    }
  });

  test('over the bound are nothing to all who parse', () => {
    for (const text of [
      listOf('[]', 1_000_000),
      listOf('NaN', 1_000_000),
      `{${names(200_000).map((name) => `"${name}":1`)}}`,
    ]) {
      for (const parse of [tryParseJson, tryParseExact, tryParseLenient]) expect(parse(text)).toBeUndefined();
    }
    expect(isTooMuch(listOf('[]', 10_000))).toBe(false);
  });
});

test('strings of any length and any escapes end where the parser ends them', () => {
  const text = fc.array(fc.constantFrom('\\', '"', 'a', '\n', 'ü', 'x'.repeat(60)), { maxLength: 40 });
  fc.assert(
    fc.property(text, fc.constantFrom('', ' ', '\n  '), (pieces, gap) => {
      const name = JSON.stringify(pieces.join(''));
      const body = `{${gap}${name}${gap}:${gap}${name}${gap},"b":[${name}]}`;
      const places = scanOf(body) as { keyStart: number; valueStart: number; end: number }[];
      expect(places.map(({ valueStart, end }) => Buffer.from(body).toString('utf8', valueStart, end))).toEqual([
        name,
        `[${name}]`,
      ]);
    }),
  );
});
