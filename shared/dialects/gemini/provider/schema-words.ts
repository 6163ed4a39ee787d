import { isJsonObject, type JsonObject } from '../../../http/json.ts';

export const listed = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);

const known: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);

/** The types a schema allows: as it says, or as its other keywords give away; none where anything goes. */
export function typesOf(schema: JsonObject): string[] {
  const named = (Array.isArray(schema.type) ? schema.type : [schema.type])
    .map((type) => (typeof type === 'string' ? type.toLowerCase() : ''))
    .filter((type) => known.has(type));
  return named.length > 0 ? [...new Set(named)] : inferred(schema);
}

function inferred({ properties, items, prefixItems, enum: values, const: only }: JsonObject): string[] {
  if (isJsonObject(properties)) return ['object'];
  if (isJsonObject(items) || Array.isArray(items) || Array.isArray(prefixItems)) return ['array'];
  const all = Array.isArray(values) ? values : only === undefined ? [] : [only];
  const types = [...new Set(all.map(typeOfValue))];
  // A mixed choice is one of texts.
  return types.filter((type) => type !== 'null').length > 1
    ? [...new Set(types.map((type) => (type === 'null' ? 'null' : 'string')))]
    : types;
}

function typeOfValue(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return typeof value;
  return 'string';
}

/** Two schemas that hold at once. Where both say the same keyword, the second one counts. */
export function mergeSchemas(first: JsonObject, second: JsonObject): JsonObject {
  const properties = [first.properties, second.properties].filter(isJsonObject);
  const required = [first.required, second.required].flatMap((names) => (Array.isArray(names) ? names : []));
  return {
    ...first,
    ...second,
    // Object.fromEntries, unlike assignment, makes a property of any name.
    ...(properties.length > 0 ? { properties: Object.fromEntries(properties.flatMap(Object.entries)) } : {}),
    ...(required.length > 0 ? { required: [...new Set(required)] } : {}),
  };
}

/** Bounds that have no keyword there, and that a model can keep to all the same. */
const bounds = ['exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'uniqueItems'];

/** The description with what the schema asks for beyond Gemini's keywords; undefined where there is nothing to add. */
export function wordsOf(schema: JsonObject, type: string | undefined): string | undefined {
  const words = bounds.filter((name) => schema[name] != null).map((name) => `${name}: ${JSON.stringify(schema[name])}`);
  const { format, enum: values, const: only } = schema;
  if (type === 'string' && typeof format === 'string' && format !== 'date-time') words.push(`format: ${format}`);
  const choice = Array.isArray(values) ? values.filter((value) => value !== null) : only == null ? [] : [only];
  // Only texts can be listed as such.
  if (type !== 'string' && choice.length > 0) {
    words.push(`one of: ${choice.map((value) => JSON.stringify(value)).join(', ')}`);
  }
  if (words.length === 0) return undefined;
  return typeof schema.description === 'string' ? `${schema.description} (${words.join('; ')})` : words.join('; ');
}
