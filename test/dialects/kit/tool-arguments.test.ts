import { describe, expect, test } from 'vitest';
import {
  argumentsOrEmpty,
  customNames,
  freeTextArguments,
  freeTextOf,
  objectText,
} from '../../../shared/dialects/kit/tool-arguments.ts';

describe('arguments of a tool', () => {
  test.each([
    [undefined, '{}'],
    [null, '{}'],
    ['', '{}'],
    ['null', '{}'],
    [' null ', '{}'],
    [{ a: 1 }, '{"a":1}'],
    ['{"n":1917043659912705296}', '{"n":1917043659912705296}'],
  ])('%j are read as %s', (value, text) => {
    expect(argumentsOrEmpty(value)).toBe(text);
  });

  test.each([
    ['', '{}'],
    ['null', '{}'],
    [' {"b":1,"2":1.0} ', '{"b":1,"2":1.0}'],
    ['{"cut":', '{"_raw":"{\\"cut\\":"}'],
    ['[1]', '{"_raw":"[1]"}'],
  ])('%j are written as the object %s', (text, object) => {
    expect(objectText(text)).toBe(object);
  });
});

describe('a tool of free text', () => {
  test('goes as a function with one argument and comes back as the text', () => {
    expect(freeTextOf(freeTextArguments('a "b"\n'))).toBe('a "b"\n');
  });

  test('keeps arguments of any other shape as they are', () => {
    for (const text of ['{"input":7}', '{"x":"y"}', 'plain', '']) expect(freeTextOf(text)).toBe(text);
  });

  test('is known by its name among the tools', () => {
    const tools = [{ kind: 'function', name: 'f' } as const, { kind: 'custom', name: 'c' } as const];
    expect([...customNames(tools)]).toEqual(['c']);
  });
});
