import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { entryOf } from '../../kit/read-values.ts';
import { growthLimit, inlineRefs } from '../../kit/schemas/inline-refs.ts';
import { listed, mergeSchemas, typesOf, wordsOf } from './schema-words.ts';

/** What Gemini's subset of OpenAPI knows, by type. All else would be a 400. */
const everywhere = ['title', 'description', 'default', 'example'];
const keywords: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern'],
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
  boolean: [],
  array: ['minItems', 'maxItems'],
  object: ['minProperties', 'maxProperties', 'propertyOrdering'],
};

/**
 * A JSON schema in Gemini's subset of OpenAPI: no references, one type a schema, choices as `anyOf` with nothing beside it, and
 * only keywords it knows. What else a schema asks for and a model can obey is said in its description. Names of properties are
 * data: one may be called `title` or `$schema`.
 * @see https://ai.google.dev/api/caching#Schema
 */
export const openApiSchema = (schema: JsonObject): JsonObject => convert(inlineRefs(schema), growthLimit());

type Growth = ReturnType<typeof growthLimit>;

function convert(given: JsonObject, mayGrow: Growth): JsonObject {
  const { allOf, ...own } = given;
  const schema = [...listed(allOf)].reduce(mergeSchemas, own);
  const branches = listed(schema.anyOf ?? schema.oneOf);
  if (branches.length > 0) return convertChoice(schema, branches, mayGrow);
  const types = typesOf(schema);
  const real = types.filter((type) => type !== 'null');
  const isNullable = schema.nullable === true || types.length > real.length;
  if (real.length > 1) return anyOf(real.map((type) => convert({ ...schema, nullable: isNullable, type }, mayGrow)));
  const type = real[0] ?? (isNullable ? 'string' : undefined);
  return { ...convertTyped(schema, type), ...details(schema, type, mayGrow), ...(isNullable ? NULLABLE : {}) };
}

const NULLABLE = { nullable: true };

/** Nothing may stand beside `anyOf`, so that each branch says all of it. */
function convertChoice(
  { anyOf: _, oneOf: __, default: ___, ...base }: JsonObject,
  branches: readonly JsonObject[],
  mayGrow: Growth,
): JsonObject {
  const real = branches.filter((branch) => !isNull(branch));
  if (real.length === 0) return convert({ ...base, type: ['string', 'null'] }, mayGrow);
  const nullable = real.length < branches.length ? NULLABLE : {};
  const shared = mayGrow(base, real.length - 1) ? base : {};
  return anyOf(real.map((branch) => ({ ...convert(mergeSchemas(shared, branch), mayGrow), ...nullable })));
}

const isNull = ({ type, const: only, enum: values }: JsonObject): boolean =>
  type === 'null' || only === null || (Array.isArray(values) && values.length === 1 && values[0] === null);

const anyOf = (schemas: JsonObject[]): JsonObject => (schemas.length === 1 ? schemas[0]! : { anyOf: schemas });

function convertTyped(schema: JsonObject, type: string | undefined): JsonObject {
  const names = [...everywhere, ...(type === undefined ? [] : (entryOf(keywords, type) ?? []))];
  const kept = names.filter((name) => schema[name] != null).map((name) => [name, schema[name]] as const);
  const words = wordsOf(schema, type);
  return {
    ...(type === undefined ? {} : { type: type.toUpperCase() }),
    ...Object.fromEntries(kept),
    ...(words === undefined ? {} : { description: words }),
  };
}

function details(schema: JsonObject, type: string | undefined, mayGrow: Growth): JsonObject {
  if (type === 'object') return convertObject(schema, mayGrow);
  if (type === 'array') return { items: convertItems(schema, mayGrow) };
  if (type === 'number' || type === 'integer') return knownFormat(schema, ['float', 'double', 'int32', 'int64']);
  if (type !== 'string') return {};
  const values = valuesOf(schema).filter((value) => value !== null && value !== '');
  return values.length > 0
    ? { format: 'enum', enum: [...new Set(values.map((value) => asText(value)))] }
    : knownFormat(schema, ['date-time']);
}

const valuesOf = ({ const: only, enum: values }: JsonObject): unknown[] =>
  Array.isArray(values) ? values : only === undefined ? [] : [only];

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const knownFormat = ({ format }: JsonObject, formats: readonly string[]): JsonObject =>
  typeof format === 'string' && formats.includes(format) ? { format } : {};

/** An object that names no properties may not name an empty list of them either. */
function convertObject({ properties, required }: JsonObject, mayGrow: Growth): JsonObject {
  if (!isJsonObject(properties)) return {};
  const converted = Object.entries(properties).flatMap(([name, schema]) => {
    if (schema === false) return [];
    return [[name, isJsonObject(schema) ? convert(schema, mayGrow) : {}] as const];
  });
  if (converted.length === 0) return {};
  const names = new Set(converted.map(([name]) => name));
  const needed = Array.isArray(required) ? required.filter((name) => names.has(name)) : [];
  return { properties: Object.fromEntries(converted), ...(needed.length > 0 ? { required: needed } : {}) };
}

/** A list must say what is in it; one of fixed places is a list of any of them. */
function convertItems({ items, prefixItems }: JsonObject, mayGrow: Growth): JsonObject {
  const places = [...listed(prefixItems), ...listed(items)];
  if (places.length > 0) return convert({ anyOf: places }, mayGrow);
  return isJsonObject(items) && Object.keys(items).length > 0 ? convert(items, mayGrow) : { type: 'STRING' };
}
