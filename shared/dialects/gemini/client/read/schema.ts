import { isJsonObject, type JsonObject } from '../../../../http/json.ts';
import { numberOf } from '../../../kit/read-values.ts';

/** Google writes numbers of 64 bits as texts. */
const counts: ReadonlySet<string> = new Set(
  'minItems maxItems minLength maxLength minProperties maxProperties'.split(' '),
);
/** Words without a meaning in JSON Schema. */
const own: ReadonlySet<string> = new Set(['propertyOrdering', 'nullable', 'example']);

/**
 * A schema in Google's subset of OpenAPI as JSON Schema: types in small letters, `nullable` as one more type. What is JSON Schema
 * already stays as it is.
 * @see https://ai.google.dev/api/caching#Schema
 */
export function jsonSchema(schema: JsonObject): JsonObject {
  const members = Object.entries(schema).flatMap(([name, value]): [string, unknown][] => {
    if (own.has(name) || (name === 'format' && value === 'enum')) return [];
    return [[name, memberOf(name, value)]];
  });
  const converted: JsonObject = Object.fromEntries(members);
  return schema.nullable === true ? nullable(converted) : converted;
}

function memberOf(name: string, value: unknown): unknown {
  if (name === 'type' && typeof value === 'string') return value.toLowerCase();
  if (counts.has(name)) return numberOf(value);
  if (name === 'properties' && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([property, inner]) => [property, innerOf(inner)]));
  }
  if (name === 'anyOf' && Array.isArray(value)) return value.map(innerOf);
  return name === 'items' ? innerOf(value) : value;
}

const innerOf = (value: unknown): unknown => (isJsonObject(value) ? jsonSchema(value) : value);

function nullable({ type, anyOf, enum: values, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    ...(typeof type === 'string' ? { type: [type, 'null'] } : {}),
    ...(Array.isArray(anyOf) ? { anyOf: [...anyOf, { type: 'null' }] } : {}),
    ...(Array.isArray(values) ? { enum: [...values, null] } : {}),
  };
}
