import type * as z from 'zod';
import { GatewayError } from '../../errors.ts';
import { isNumberAt, numberProblem } from './number-range.ts';

/** The value as the schema types it, or `invalid_request` that names the first wrong field as a path: `messages[0].role`. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = withNumber(deepestIssue(result.error.issues[0]!, []), value);
  const param = pathText(issue.path);
  const number = isMissing(issue) ? undefined : numberProblem(schema, issue.path, value);
  const message = number === undefined ? sentence(issue, param) : `Invalid '${param}': ${number}.`;
  throw new GatewayError('invalid_request', message, { param, code: codeOf(issue) });
}

/** What was found to fit: a request is looked at before it is read in full, and need not be checked twice. */
const fitting = new WeakMap<object, z.ZodType>();

/**
 * The value itself, typed as the schema says; for schemas that change nothing (no defaults, transforms or unknown fields left
 * out), whose copy of a long conversation would only take memory. Throws as `checked`.
 */
export function checkedInPlace<Schema extends z.ZodType>(schema: Schema, value: object): z.output<Schema> {
  if (fitting.get(value) !== schema) {
    checked(schema, value);
    fitting.set(value, schema);
  }
  return value as z.output<Schema>;
}

type Issue = Pick<z.core.$ZodIssue, 'code' | 'message'> & { path: PropertyKey[]; expected?: string; input?: unknown };

/** A union says only that no branch fits; the branch that got furthest says why. */
function deepestIssue(issue: z.core.$ZodIssue, prefix: PropertyKey[]): Issue {
  const path = [...prefix, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return { ...issue, path };
  const inner = issue.errors.filter((branch) => branch.length > 0).map((branch) => deepestIssue(branch[0]!, path));
  const deepest = inner.sort((a, b) => b.path.length - a.path.length)[0];
  return deepest && deepest.path.length > path.length ? deepest : { ...issue, path };
}

/** A number that is kept as its text is an object to zod, and none to the caller. */
const withNumber = (issue: Issue, value: unknown): Issue =>
  isNumberAt(value, issue.path)
    ? { ...issue, message: issue.message.replace(/received object$/, 'received number') }
    : issue;

export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}

function isMissing(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}

function sentence(issue: Issue, param: string): string {
  if (isMissing(issue)) return `Missing required parameter: '${param}'.`;
  if (issue.code === 'too_small' && param === 'messages') {
    return `Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
  }
  const reason = issue.message
    .replace(/^Invalid input: /, '')
    .replace(/^Invalid input$/, 'it has a wrong type or value');
  return `Invalid '${param}': ${reason}.`;
}

function codeOf(issue: Issue): string {
  if (isMissing(issue)) return 'missing_required_parameter';
  if (issue.code === 'invalid_type' || issue.code === 'invalid_union') return 'invalid_type';
  if (issue.code === 'too_small' && issue.path.length === 1 && issue.path[0] === 'messages') return 'empty_array';
  return 'invalid_value';
}
