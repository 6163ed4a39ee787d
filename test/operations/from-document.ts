import fc from 'fast-check';

/** As much of an OpenAPI document as these tests read. */
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export interface Operation {
  parameters?: { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema }[];
  requestBody?: { content: { 'application/json': { schema: Schema } } };
  responses: Record<string, { content?: { 'application/json': { schema: Schema } } }>;
}

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  [other: string]: unknown;
}

/** The schema with all references put in place. */
export function resolved(schema: Schema, document: Document): Schema {
  if (Array.isArray(schema)) return schema.map((inner) => resolved(inner, document)) as unknown as Schema;
  if (typeof schema !== 'object' || schema === null) return schema;
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/components/schemas/', '');
    return resolved(document.components.schemas[name]!, document);
  }
  return Object.fromEntries(Object.entries(schema).map(([name, inner]) => [name, resolved(inner as Schema, document)]));
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    -1,
    1.5,
    true,
    [],
    {},
    '\u0000',
    '\ud800',
    '__proto__',
    'a'.repeat(3_000),
    1e300,
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values that fit a schema, and now and then some that do not. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 14, arbitrary: fitting(schema) }, { weight: 1, arbitrary: odd });
}

function fitting(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.allOf) throw new Error('a schema of several is not made here');
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(valuesOf));
  const [type] = [schema.type].flat();
  if (Array.isArray(schema.type) && schema.type.length > 1)
    return fc.oneof(...schema.type.map((one) => fitting({ ...schema, type: one })));
  if (type === 'string') return texts(schema);
  if (type === 'integer' || type === 'number') {
    const min = schema.minimum ?? (schema.exclusiveMinimum === undefined ? -1_000 : schema.exclusiveMinimum + 1);
    return fc.integer({ min, max: Math.max(min, Math.min(schema.maximum ?? 1e12, 1e12)) });
  }
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'array')
    return fc.array(valuesOf(schema.items ?? {}), { minLength: schema.minItems ?? 0, maxLength: 4 });
  if (type === 'object') return objects(schema);
  return odd;
}

function texts({ pattern, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ minLength, maxLength: Math.min(Math.max(minLength, maxLength), 60) });
}

function objects({ properties = {}, required = [], additionalProperties }: Schema): fc.Arbitrary<unknown> {
  const names = Object.keys(properties);
  const known = fc.record(Object.fromEntries(names.map((name) => [name, valuesOf(properties[name]!)])), {
    requiredKeys: required.filter((name) => names.includes(name)),
  });
  if (typeof additionalProperties !== 'object') return known;
  return fc.dictionary(fc.string({ maxLength: 10 }), valuesOf(additionalProperties), { maxKeys: 4 });
}
