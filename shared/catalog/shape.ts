import * as z from 'zod';
import { isJsonObject } from '../http/json.ts';
import { didYouMean, nearest } from './nearest.ts';
import { type GatewayConfig, gatewayConfig } from './schema.ts';

/** A configuration as far as its shape is right. */
export interface Shaped {
  /** Its right parts; those that are wrong are left out. Undefined where nothing else can be checked. */
  config: GatewayConfig | undefined;
  /** Providers and models that are left out: what names them is not wrong for that. */
  leftOut: { providers: ReadonlySet<string>; models: ReadonlySet<string> };
  problems: string[];
}

/** Checks the shape of a configuration: which fields there are, and of which type. */
export function readShape(definition: unknown): Shaped {
  const leftOut = { providers: new Set<string>(), models: new Set<string>() };
  const parsed = gatewayConfig.safeParse(definition);
  if (parsed.success) return { config: parsed.data, leftOut, problems: [] };
  const issues = parsed.error.issues.flatMap((issue) => unfolded(issue));
  const problems = issues.flatMap((issue) => problemsOf(issue, definition));
  if (!isJsonObject(definition)) return { config: undefined, leftOut, problems };
  const right = rightParts(definition, issues, leftOut);
  return { config: right && gatewayConfig.safeParse(right).data, leftOut, problems };
}

type Issue = z.core.$ZodIssue;

/** Of a value that may be of several types, the mistakes within the type that it has. */
function unfolded(issue: Issue, above: readonly PropertyKey[] = []): Issue[] {
  const placed = { ...issue, path: [...above, ...issue.path] };
  if (issue.code !== 'invalid_union') return [placed];
  const inside = issue.errors
    .map((branch) => branch.flatMap((inner) => unfolded(inner)))
    .find((branch) => branch.some(({ path, code }) => path.length > 0 || !/^invalid_(?:type|union)$/.test(code)));
  return inside ? inside.map((inner) => ({ ...inner, path: [...placed.path, ...inner.path] })) : [placed];
}

function problemsOf(issue: Issue, definition: unknown): string[] {
  const where = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const fields = fieldsAt(gatewayConfig, issue.path);
    return issue.keys.map((key) => {
      const hint = didYouMean(key, fields) || (fields.length > 0 ? ` (there are ${fields.join(', ')})` : '');
      return `${[...issue.path, key].join('.')}: there is no such field${hint}`;
    });
  }
  return [`${where || 'configuration'}: ${messageOf(issue, definition)}`];
}

/** Of more values than these, the nearest are named. */
const MOST_LISTED = 25;

function messageOf(issue: Issue, definition: unknown): string {
  // Of a wrong name, zod says why only inside.
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code !== 'invalid_value' || issue.values.length <= MOST_LISTED) return issue.message;
  const given = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], definition);
  const names = issue.values.map(String);
  return `'${given}' is none of the ${names.length} known names; the nearest are ${nearest(String(given), names, 5).join(', ')}`;
}

/** The fields that a part of the configuration may have. */
function fieldsAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return fieldsAt(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => fieldsAt(option, path));
  const [key, ...rest] = path;
  if (schema instanceof z.ZodObject)
    return key === undefined ? Object.keys(schema.shape) : fieldsAt(schema.shape[key as string], rest);
  if (key === undefined) return [];
  if (schema instanceof z.ZodRecord) return fieldsAt(schema.valueType, rest);
  return schema instanceof z.ZodArray ? fieldsAt(schema.element, rest) : [];
}

type Definition = Readonly<Record<string, unknown>>;

/** A provider that is asked for nothing: a configuration needs one, and all of its own may be wrong. */
const standIn = { 'no-provider': { baseUrl: 'http://127.0.0.1', auth: 'none' } };

/** The definition without the parts that these mistakes are in: a provider, a model, or a whole field at the top. */
function rightParts(
  definition: Definition,
  issues: readonly Issue[],
  leftOut: Record<'providers' | 'models', Set<string>>,
): Definition | undefined {
  const wrong = new Set<string>();
  for (const issue of issues) {
    const [field, name] = issue.path.map(String);
    if (field === undefined) {
      for (const key of issue.code === 'unrecognized_keys' ? issue.keys : []) wrong.add(key);
    } else if (name !== undefined && (field === 'providers' || field === 'models')) leftOut[field].add(name);
    else wrong.add(field);
  }
  // Without the providers nothing is known of any name, and without the models little.
  if (wrong.has('providers')) return undefined;
  if (wrong.has('models')) for (const field of ['defaultModel', 'vision']) wrong.add(field);
  const { providers, models, ...rest } = Object.fromEntries(
    Object.entries(definition).filter(([field]) => !wrong.has(field)),
  );
  const right = without(providers, leftOut.providers);
  return {
    ...rest,
    providers: Object.keys(right).length === 0 ? standIn : right,
    models: without(models, leftOut.models),
  };
}

const without = (parts: unknown, names: ReadonlySet<string>): Definition =>
  Object.fromEntries(Object.entries(isJsonObject(parts) ? parts : {}).filter(([name]) => !names.has(name)));
