import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { mapSchemas } from './keywords.ts';

/**
 * A tool's schema with a root the vendor takes: an object that has properties, no reference, and no choice of shapes (whose
 * properties are all allowed instead). Below the root nothing is touched.
 */
export function toolSchema(schema: JsonObject | undefined): JsonObject {
  const { $ref, anyOf, oneOf, allOf, type: _, properties, required, ...rest } = resolvedRoot(schema ?? {});
  const together = objectsOf(allOf);
  const shapes = [...objectsOf(anyOf), ...objectsOf(oneOf), ...together];
  const names = [required, ...together.map((shape) => shape.required)].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  const own = [properties, ...shapes.map((shape) => shape.properties)].filter(isJsonObject);
  return {
    type: 'object',
    // From entries, since assigning a property called `__proto__` would change the object's prototype instead.
    properties: Object.fromEntries(own.flatMap((object) => Object.entries(object))),
    ...(names.length > 0 ? { required: [...new Set(names)] } : {}),
    ...rest,
  };
}

/** Generators of schemas like to put all of it in a definition and a reference to that at the root. */
function resolvedRoot(root: JsonObject): JsonObject {
  const { $ref, ...rest } = root;
  if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return root;
  const found = $ref
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (value, step) => (isJsonObject(value) && Object.hasOwn(value, step) ? value[step] : undefined),
      root,
    );
  return isJsonObject(found) ? { ...found, ...rest } : rest;
}

const objectsOf = (list: unknown): JsonObject[] => (Array.isArray(list) ? list.filter(isJsonObject) : []);

/** Keywords that hold no schema that constrained decoding could obey; what they ask for is said in the description instead. */
const bounds = new Set(
  [
    'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern maxItems uniqueItems not',
    'minProperties maxProperties propertyNames patternProperties if then else contains dependentRequired',
  ].flatMap((line) => line.split(' ')),
);

const formats = new Set('date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' '));

/** A schema as constrained decoding takes it, for answers and strict tools: every object closed, bounds said in the description. */
export function strictSchema(schema: JsonObject): JsonObject {
  const kept: [string, unknown][] = [];
  const said: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (name === '$schema') continue;
    if (isBound(name, value)) said.push(`${name}: ${JSON.stringify(value)}`);
    else kept.push([name === 'oneOf' ? 'anyOf' : name, mapSchemas(name, value, strictSchema)]);
  }
  const closed: JsonObject = Object.fromEntries(kept);
  if (said.length > 0) {
    const words = said.join(', ');
    closed.description = typeof schema.description === 'string' ? `${schema.description} (${words})` : words;
  }
  if (schema.type === 'object' || isJsonObject(schema.properties)) closed.additionalProperties = false;
  return closed;
}

function isBound(name: string, value: unknown): boolean {
  if (name === 'minItems') return value !== 0 && value !== 1;
  return bounds.has(name) || (name === 'format' && !(typeof value === 'string' && formats.has(value)));
}
