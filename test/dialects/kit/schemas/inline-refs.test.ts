import { describe, expect, test } from 'vitest';
import { inlineRefs } from '../../../../shared/dialects/kit/schemas/inline-refs.ts';

describe('references of a JSON schema', () => {
  test('are replaced by what they stand for, with what stands beside them', () => {
    const schema = {
      $defs: { 'a/b': { type: 'string', description: 'Old.' } },
      type: 'object',
      properties: {
        x: { $ref: '#/$defs/a~1b', description: 'New.' },
        y: { type: 'array', items: { $ref: '#/properties/x' } },
      },
    };
    const plain = { type: 'string', description: 'New.' };
    expect(inlineRefs(schema)).toEqual({
      type: 'object',
      properties: { x: plain, y: { type: 'array', items: plain } },
    });
  });

  test('#70 that lead in a circle end where it closes', () => {
    const schema = {
      type: 'object',
      description: 'Tree.',
      properties: { children: { type: 'array', items: { $ref: '#' } } },
    };
    const cut = { type: 'object', description: 'Tree.' };
    const inner = { ...cut, properties: { children: { type: 'array', items: cut } } };
    expect(inlineRefs(schema)).toEqual({ ...cut, properties: { children: { type: 'array', items: inner } } });
  });

  test('that lead nowhere, or outside, allow any object', () => {
    for (const $ref of ['#/$defs/missing', 'https://example.com/schema', '#anchor', '#/%E0']) {
      expect(inlineRefs({ properties: { a: { $ref } } })).toEqual({ properties: { a: { type: 'object' } } });
    }
  });

  test('that double at each step do not fill the memory', () => {
    const names = Array.from({ length: 40 }, (_, level) => `d${level}`);
    const $defs = Object.fromEntries(
      names.map((name, level) => [
        name,
        { properties: { l: { $ref: `#/$defs/d${level + 1}` }, r: { $ref: `#/$defs/d${level + 1}` } } },
      ]),
    );
    expect(JSON.stringify(inlineRefs({ $defs, $ref: '#/$defs/d0' })).length).toBeLessThan(2_000_000);
  });

  test('a property or a value of that name is data', () => {
    const schema = {
      properties: { $ref: { type: 'string' }, $defs: { type: 'number' } },
      default: { $ref: '#' },
      enum: [{ $ref: '#' }],
    };
    expect(inlineRefs(schema)).toEqual(schema);
  });
});
