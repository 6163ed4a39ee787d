import { isJsonObject, type JsonObject } from '../../http/json.ts';

/** References may lead to each other and double at each step: what they add to a schema in all, in characters of JSON. */
const MOST_ADDED = 1_000_000;

/** Measures what copies of parts would add to a schema, and says when it is too much. From then on, it is. */
export function growthLimit(most = MOST_ADDED): (part: object, copies?: number) => boolean {
  let left = most;
  return (part, copies = 1) => {
    if (left >= 0 && copies > 0) left -= JSON.stringify(part).length * copies;
    return left >= 0;
  };
}

/** Keywords whose value is a schema, a list of schemas, or schemas by name. All other values are data and stay untouched. */
const inner: Readonly<Record<string, 'one' | 'list' | 'named'>> = {
  items: 'one',
  additionalProperties: 'one',
  contains: 'one',
  propertyNames: 'one',
  not: 'one',
  if: 'one',
  // biome-ignore lint/suspicious/noThenProperty: it is the name of a keyword.
  then: 'one',
  else: 'one',
  anyOf: 'list',
  oneOf: 'list',
  allOf: 'list',
  prefixItems: 'list',
  properties: 'named',
  patternProperties: 'named',
  dependentSchemas: 'named',
};

const definitions: ReadonlySet<string> = new Set(['$defs', 'definitions']);

/**
 * The schema with every `$ref` replaced by what it stands for, for vendors that know no references. A cycle is cut where it
 * closes, and so is what grows beyond all bounds: there, the type is all that is said. A property called `$ref` is data.
 */
export function inlineRefs(root: JsonObject): JsonObject {
  const mayGrow = growthLimit();

  function inline(schema: unknown, open: readonly string[]): unknown {
    if (Array.isArray(schema)) return schema.map((item) => inline(item, open));
    if (!isJsonObject(schema)) return schema;
    const { $ref: ref, ...rest } = schema;
    if (typeof ref !== 'string') return members(rest, open);
    const target = resolve(root, ref);
    if (!isJsonObject(target) || open.includes(ref) || !mayGrow(target)) return { ...stub(target), ...rest };
    return inline({ ...target, ...rest }, [...open, ref]);
  }

  function members(schema: JsonObject, open: readonly string[]): JsonObject {
    const kept = Object.entries(schema).filter(([name]) => !definitions.has(name));
    return Object.fromEntries(kept.map(([name, value]) => [name, member(name, value, open)]));
  }

  function member(name: string, value: unknown, open: readonly string[]): unknown {
    const kind = Object.hasOwn(inner, name) ? inner[name] : undefined;
    if (kind === undefined) return value;
    if (kind !== 'named' || !isJsonObject(value)) return inline(value, open);
    return Object.fromEntries(Object.entries(value).map(([key, schema]) => [key, inline(schema, open)]));
  }

  return inline(root, []) as JsonObject;
}

function stub(target: unknown): JsonObject {
  if (!isJsonObject(target)) return { type: 'object' };
  const { type = 'object', description } = target;
  return description === undefined ? { type } : { type, description };
}

/** What a reference within the same schema (`#/$defs/node`) points at. */
function resolve(root: JsonObject, ref: string): unknown {
  if (ref !== '#' && !ref.startsWith('#/')) return undefined;
  const steps = ref.split('/').slice(1);
  return steps.reduce<unknown>((at, step) => {
    const name = unescapeStep(step);
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    return (at as JsonObject)[name];
  }, root);
}

function unescapeStep(step: string): string {
  const plain = step.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(plain);
  } catch {
    // A lone percent sign is a name like any other.
    return plain;
  }
}
