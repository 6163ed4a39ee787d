import { expect, test } from 'vitest';
import { mapSchemas } from '../../../../shared/dialects/kit/schemas/keywords.ts';

const mark = (schema: object) => ({ ...schema, seen: true });
const seen = { seen: true };

test.each<[string, unknown, unknown]>([
  ['items', {}, seen],
  ['items', [{}, true], [seen, true]],
  ['anyOf', [{}, {}], [seen, seen]],
  ['additionalProperties', false, false],
  ['properties', { a: {}, b: true }, { a: seen, b: true }],
  ['$defs', { a: {} }, { a: seen }],
  ['enum', [{}], [{}]],
  ['default', { properties: {} }, { properties: {} }],
  ['title', 'x', 'x'],
  ['constructor', {}, {}],
])('schemas under %s in %j become %j', (keyword, value, changed) => {
  expect(mapSchemas(keyword, value, mark)).toEqual(changed);
});

test('a property called __proto__ stays a property', () => {
  const changed = mapSchemas('properties', JSON.parse('{"__proto__":{}}'), mark) as object;
  expect(Object.keys(changed)).toEqual(['__proto__']);
});
