import { isJsonObject, type JsonObject } from '../../http/json.ts';

/**
 * A tool's schema with a root the vendor takes: an object, with properties, without `$schema` and without a choice of shapes (whose
 * properties are all allowed instead). Below the root nothing is touched: a property may be called `title` or `$schema`.
 */
export function toolSchema(schema: JsonObject | undefined): JsonObject {
  const { $schema: _, anyOf, oneOf, allOf, type: __, properties, required, ...rest } = schema ?? {};
  const together = objectsOf(allOf);
  const branches = [...objectsOf(anyOf), ...objectsOf(oneOf), ...together];
  const needed = [required, ...together.map((branch) => branch.required)].flatMap((names) =>
    Array.isArray(names) ? names : [],
  );
  return {
    type: 'object',
    properties: joined([properties, ...branches.map((branch) => branch.properties)]),
    ...(needed.length > 0 ? { required: [...new Set(needed)] } : {}),
    ...rest,
  };
}

const objectsOf = (list: unknown): JsonObject[] => (Array.isArray(list) ? list.filter(isJsonObject) : []);

/** Object.fromEntries, unlike assignment, makes a property of any name. */
const joined = (objects: unknown[]): JsonObject =>
  Object.fromEntries(objects.filter(isJsonObject).flatMap((object) => Object.entries(object)));

/** Keywords that a schema for the whole answer may not have; what they ask for is said in the description instead. */
const bounds = new Set(
  [
    'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern maxItems uniqueItems',
    'minProperties maxProperties',
  ].flatMap((line) => line.split(' ')),
);

/** Keywords whose value is a schema, a list of schemas, or schemas by name. Anything else is data. */
const inner: Record<string, 'one' | 'list' | 'named'> = {
  items: 'one',
  anyOf: 'list',
  oneOf: 'list',
  allOf: 'list',
  properties: 'named',
  $defs: 'named',
  definitions: 'named',
};

/** The schema of an answer as constrained decoding takes it: every object closed, bounds told in words. */
export function answerSchema(schema: JsonObject): JsonObject {
  const entries = Object.entries(schema).filter(([name]) => name !== '$schema' && !isBound(name, schema[name]));
  const told = Object.entries(schema).filter(([name, value]) => isBound(name, value));
  const closed: JsonObject = Object.fromEntries(entries.map(([name, value]) => [name, answerMember(name, value)]));
  if (told.length > 0) {
    const words = told.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ');
    closed.description = typeof schema.description === 'string' ? `${schema.description} (${words})` : words;
  }
  if (schema.type === 'object' || isJsonObject(schema.properties)) closed.additionalProperties = false;
  return closed;
}

const isBound = (name: string, value: unknown): boolean =>
  bounds.has(name) || (name === 'minItems' && typeof value === 'number' && value > 1);

function answerMember(name: string, value: unknown): unknown {
  const kind = Object.hasOwn(inner, name) ? inner[name] : undefined;
  if (kind === 'one' && isJsonObject(value)) return answerSchema(value);
  if (kind === 'list' && Array.isArray(value))
    return value.map((item) => (isJsonObject(item) ? answerSchema(item) : item));
  if (kind !== 'named' || !isJsonObject(value)) return value;
  const named = Object.entries(value).map(([key, item]) => [key, isJsonObject(item) ? answerSchema(item) : item]);
  return Object.fromEntries(named);
}
