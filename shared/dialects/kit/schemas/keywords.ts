import { isJsonObject, type JsonObject } from '../../../http/json.ts';

/** Keywords whose value is a schema or a list of schemas (`direct`), or schemas by name (`named`). All else is data. */
const keywords: Readonly<Record<string, 'direct' | 'named'>> = {
  items: 'direct',
  prefixItems: 'direct',
  additionalProperties: 'direct',
  contains: 'direct',
  propertyNames: 'direct',
  not: 'direct',
  if: 'direct',
  // biome-ignore lint/suspicious/noThenProperty: it is the name of a keyword.
  then: 'direct',
  else: 'direct',
  anyOf: 'direct',
  oneOf: 'direct',
  allOf: 'direct',
  properties: 'named',
  patternProperties: 'named',
  dependentSchemas: 'named',
  $defs: 'named',
  definitions: 'named',
};

/** The value of a keyword with every schema directly inside it changed. Data stays: a property may be called `title` or `$ref`. */
export function mapSchemas(keyword: string, value: unknown, change: (schema: JsonObject) => JsonObject): unknown {
  const kind = Object.hasOwn(keywords, keyword) ? keywords[keyword] : undefined;
  if (kind === undefined) return value;
  const changed = (inner: unknown): unknown => (isJsonObject(inner) ? change(inner) : inner);
  if (Array.isArray(value)) return value.map(changed);
  if (kind === 'direct' || !isJsonObject(value)) return changed(value);
  // From entries, since assigning a property called `__proto__` would change the object's prototype instead.
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, changed(inner)]));
}
