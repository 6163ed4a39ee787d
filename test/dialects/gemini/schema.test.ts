import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openApiSchema } from '../../../shared/dialects/gemini/provider/schema.ts';

const objectOf = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest });

/** All that Gemini's schemas know; anything else is a 400 of "Cannot find field". */
const known = new Set(
  'type format title description nullable enum items minItems maxItems properties required propertyOrdering minProperties maxProperties minLength maxLength pattern minimum maximum anyOf default example'.split(
    ' ',
  ),
);

function unknownKeywords(schema: Record<string, unknown>): string[] {
  const nested = [
    ...Object.values((schema.properties ?? {}) as object),
    ...((schema.anyOf ?? []) as object[]),
    ...(schema.items ? [schema.items] : []),
  ] as Record<string, unknown>[];
  return [...Object.keys(schema).filter((name) => !known.has(name)), ...nested.flatMap(unknownKeywords)];
}

describe('#70 a JSON schema in Gemini’s subset', () => {
  test('has one type, `nullable` for null, and a choice for several', () => {
    expect(openApiSchema({ type: ['string', 'null'] })).toEqual({ type: 'STRING', nullable: true });
    expect(openApiSchema({ type: ['string', 'integer', 'null'] })).toEqual({
      anyOf: [
        { type: 'STRING', nullable: true },
        { type: 'INTEGER', nullable: true },
      ],
    });
    expect(openApiSchema({ type: 'null' })).toEqual({ type: 'STRING', nullable: true });
  });

  test('has nothing beside `anyOf`: each branch says all of it, and a choice with null is no choice', () => {
    expect(openApiSchema({ description: 'When.', anyOf: [{ type: 'string' }, { type: 'null' }] })).toEqual({
      type: 'STRING',
      description: 'When.',
      nullable: true,
    });
    expect(
      openApiSchema({
        title: 'T',
        default: 1,
        oneOf: [{ type: 'integer' }, { type: 'array', items: { type: 'string' } }],
      }),
    ).toEqual({
      anyOf: [
        { type: 'INTEGER', title: 'T' },
        { type: 'ARRAY', title: 'T', items: { type: 'STRING' } },
      ],
    });
  });

  test('joins `allOf`', () => {
    const allOf = [
      objectOf({ a: { type: 'string' } }, { required: ['a'] }),
      objectOf({ b: { type: 'number' } }, { required: ['b'] }),
    ];
    expect(openApiSchema({ description: 'Both.', allOf })).toEqual({
      type: 'OBJECT',
      description: 'Both.',
      properties: { a: { type: 'STRING' }, b: { type: 'NUMBER' } },
      required: ['a', 'b'],
    });
  });

  test('lists texts as an enum, without empty ones, and says other values in words', () => {
    expect(openApiSchema({ enum: ['a', '', 'b', null] })).toEqual({
      type: 'STRING',
      format: 'enum',
      enum: ['a', 'b'],
      nullable: true,
    });
    expect(openApiSchema({ const: 'x' })).toEqual({ type: 'STRING', format: 'enum', enum: ['x'] });
    expect(openApiSchema({ type: 'integer', enum: [1, 2], description: 'Size.' })).toEqual({
      type: 'INTEGER',
      description: 'Size. (one of: 1, 2)',
    });
    expect(openApiSchema({ enum: ['a', 1] })).toEqual({ type: 'STRING', format: 'enum', enum: ['a', '1'] });
  });

  test('keeps bounds it knows and says others in words', () => {
    expect(openApiSchema({ type: 'integer', minimum: 1, exclusiveMaximum: 9, format: 'int64' })).toEqual({
      type: 'INTEGER',
      minimum: 1,
      description: 'exclusiveMaximum: 9',
      format: 'int64',
    });
    expect(openApiSchema({ type: 'string', format: 'email', maxLength: 9 })).toEqual({
      type: 'STRING',
      maxLength: 9,
      description: 'format: email',
    });
    expect(openApiSchema({ type: 'string', format: 'date-time' })).toEqual({ type: 'STRING', format: 'date-time' });
  });

  test('a property is data, whatever it is called', () => {
    const names = [
      'title',
      'default',
      '$schema',
      '$ref',
      'anyOf',
      'const',
      'additionalProperties',
      'type',
      '__proto__',
    ];
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    const written = openApiSchema(objectOf(properties, { required: names })) as {
      properties: object;
      required: string[];
    };
    expect(Object.keys(written.properties)).toEqual(names);
    expect(Object.getPrototypeOf(written.properties)).toBe(Object.prototype);
    expect(written.required).toEqual(names);
  });

  test('says what is in every list, and requires no property that is not there', () => {
    expect(openApiSchema({ type: 'array' })).toEqual({ type: 'ARRAY', items: { type: 'STRING' } });
    expect(openApiSchema({ prefixItems: [{ type: 'string' }, { type: 'number' }] })).toEqual({
      type: 'ARRAY',
      items: { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] },
    });
    expect(
      openApiSchema(objectOf({ a: { type: 'string' }, b: false, c: true }, { required: ['a', 'b', 'z'] })),
    ).toEqual({
      type: 'OBJECT',
      properties: { a: { type: 'STRING' }, c: {} },
      required: ['a'],
    });
    expect(openApiSchema(objectOf({ inner: objectOf({}) }))).toEqual({
      type: 'OBJECT',
      properties: { inner: { type: 'OBJECT' } },
    });
  });

  test('knows no references, also where they lead in circles', () => {
    const node = objectOf({ value: { type: 'string' }, next: { $ref: '#/$defs/node' } });
    expect(openApiSchema({ $defs: { node }, $ref: '#/$defs/node' })).toEqual({
      type: 'OBJECT',
      properties: { value: { type: 'STRING' }, next: { type: 'OBJECT' } },
    });
  });

  test('does not grow without bound where choices stand within what each branch must say', () => {
    const deep = Array.from({ length: 60 }).reduce<Record<string, unknown>>(
      (inner) => ({ properties: { a: inner }, anyOf: [{ required: ['a'] }, { required: [] }] }),
      { type: 'string' },
    );
    expect(JSON.stringify(openApiSchema(deep)).length).toBeLessThan(3_000_000);
    const wordy = {
      description: 'x'.repeat(100_000),
      anyOf: Array.from({ length: 1000 }, (_, n) => ({ const: `c${n}` })),
    };
    expect(JSON.stringify(openApiSchema(wordy)).length).toBeLessThan(3_000_000);
  });

  test('never holds a keyword that Gemini does not know, whatever the schema', () => {
    const { schema } = fc.letrec<{ schema: Record<string, unknown>; any: Record<string, unknown> }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'schema' },
        fc.constant({}),
        fc.constant({ type: 'null' }),
        tie('schema'),
      ),
      schema: fc.record(
        {
          type: fc.oneof(
            fc.constantFrom('string', 'integer', 'object', 'array', 'null', 'odd'),
            fc.subarray(['string', 'null', 'object']),
          ),
          properties: fc.dictionary(fc.constantFrom('a', 'title', '$ref', '__proto__'), tie('any'), { maxKeys: 2 }),
          items: fc.oneof(tie('any'), fc.array(tie('any'), { maxLength: 2 }), fc.boolean()),
          anyOf: fc.array(tie('any'), { maxLength: 2 }),
          allOf: fc.array(tie('any'), { maxLength: 2 }),
          oneOf: fc.jsonValue({ maxDepth: 2 }),
          enum: fc.jsonValue({ maxDepth: 1 }),
          required: fc.jsonValue({ maxDepth: 1 }),
          const: fc.jsonValue({ maxDepth: 1 }),
          not: tie('any'),
          $ref: fc.constantFrom('#', '#/properties/a', '#/%', 'https://example.com'),
          additionalProperties: fc.boolean(),
          patternProperties: fc.constant({}),
          examples: fc.constant([1]),
        },
        { requiredKeys: [] },
      ),
    }));
    fc.assert(
      fc.property(schema, (given) => {
        expect(unknownKeywords(openApiSchema(given))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
