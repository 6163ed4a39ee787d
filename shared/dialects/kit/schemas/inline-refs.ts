import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { mapSchemas } from './keywords.ts';

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

const definitions: ReadonlySet<string> = new Set(['$defs', 'definitions']);

/**
 * The schema with every `$ref` replaced by its target, for vendors that know no references. A circular or oversized reference is
 * cut to its `type`. A property called `$ref` is data.
 */
export function inlineRefs(root: JsonObject): JsonObject {
  const mayGrow = growthLimit();

  function inline(schema: JsonObject, open: readonly string[]): JsonObject {
    const { $ref: ref, ...rest } = schema;
    if (typeof ref !== 'string') return members(rest, open);
    const target = resolve(root, ref);
    if (!isJsonObject(target) || open.includes(ref) || !mayGrow(target)) return { ...stub(target), ...rest };
    return inline({ ...target, ...rest }, [...open, ref]);
  }

  function members(schema: JsonObject, open: readonly string[]): JsonObject {
    const kept = Object.entries(schema).filter(([name]) => !definitions.has(name));
    return Object.fromEntries(
      kept.map(([name, value]) => [name, mapSchemas(name, value, (schema) => inline(schema, open))]),
    );
  }

  return inline(root, []);
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
