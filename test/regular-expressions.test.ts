import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { parseAst } from 'vite';
import { describe, expect, test } from 'vitest';

/**
 * No regular expression of the gateway backtracks: the time it takes grows as the text does. Each is tried on
 * long repetitions of the words and characters it is made of, since those are what it can begin to match again and again.
 */
const root = path.join(import.meta.dirname, '../shared');
const LENGTH = 30_000;
/** A linear expression takes four times as long for four times the text, a quadratic one sixteen times. */
const MOST = 8;
/** An expression that needs no longer for the whole of a text is no danger, and too quick to be compared. */
const NOISE_MICROSECONDS = 20_000;

interface Expression {
  file: string;
  source: string;
  flags: string;
}

function expressionsIn(file: string): Expression[] {
  const found: Expression[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('regex' in node) {
      const { pattern, flags } = node.regex as { pattern: string; flags: string };
      found.push({ file, source: pattern, flags });
    } else for (const child of Object.values(node)) visit(child);
  };
  visit(parseAst(stripTypeScriptTypes(readFileSync(path.join(root, file), 'utf8'))).body);
  return found;
}

const common = [
  'a',
  'A',
  '0',
  '_',
  '-',
  '/',
  '=',
  ' ',
  '\n',
  '.',
  ',',
  '"',
  '\\',
  '\\"',
  '<',
  '{',
  'a-',
  '0.',
  'a ',
  ' a.',
];

/** Texts that the expression may begin to match at every place: its own words and characters, alone and in pairs. */
function piecesFor(source: string): string[] {
  const plain = source.replace(/\\[bBdDsSwWnrtpP]|\{\d+(?:,\d*)?\}/g, ' ').replace(/\\(.)/g, '$1');
  const words = plain.split(/[()[\]|?*+^$]+/).filter((word) => word.trim() !== '');
  const pairs = words.slice(1).map((word, place) => `${words[place]}${word}`);
  return [...new Set([...common, ...words, ...pairs, ...words.map((word) => `${word} `)])].slice(0, 60);
}

function microseconds(expression: RegExp, text: string): number {
  const before = process.cpuUsage();
  expression.lastIndex = 0;
  text.replace(expression, '');
  return process.cpuUsage(before).user;
}

/** The text on which the expression takes more than its share of time; nothing where there is none. */
function attackOn({ source, flags }: Pick<Expression, 'source' | 'flags'>): string | undefined {
  const expression = new RegExp(source, flags);
  return piecesFor(source).find((piece) => {
    const of = (length: number): string => `${piece.repeat(Math.ceil(length / piece.length))}\u0000`;
    const long = microseconds(expression, of(LENGTH));
    if (long < NOISE_MICROSECONDS) return false;
    const least = (length: number): number => Math.min(...[1, 2, 3].map(() => microseconds(expression, of(length))));
    return least(LENGTH) / Math.max(1, least(LENGTH / 4)) > MOST;
  });
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const expressions = files.flatMap(expressionsIn);

test('the expressions of the gateway are found', () => {
  expect(expressions.length).toBeGreaterThan(100);
});

test.each(expressions)('$file: /$source/$flags takes linear time', (expression) => {
  expect(attackOn(expression)).toBeUndefined();
});

describe('an expression that backtracks is found', () => {
  test.each([
    ['/+$', ''],
    ['"(?:[^"\\\\]|\\\\.)*"|NaN', 'g'],
    ['\\bmodel\\b.*\\bnot found\\b', 'i'],
    ['<[^>]*>x', ''],
  ])('%s', (source, flags) => {
    expect(attackOn({ source: source.replace(/^\//, '\\/'), flags })).toBeDefined();
  });
});
