import { isDeepStrictEqual } from 'node:util';
import type { Schema } from './from-document.ts';

/**
 * What is wrong with a value by a schema without references, if anything, as JSON Schema (2020-12) has it: each part of an `allOf`
 * judges the whole value, and its `additionalProperties` knows the `properties` beside it only. A word that is not known here is an
 * error of the test, so that no rule of the document stays unread.
 * @see https://json-schema.org/draft/2020-12/json-schema-core#section-10.3.2.3
 */
export function problemOf(schema: Schema, value: unknown, at = 'value'): string | undefined {
  for (const [word, rule] of Object.entries(schema)) {
    const check = words[word];
    if (!check) throw new Error(`${at}: '${word}' is not read here`);
    const problem = check(rule as never, value, schema, at);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

type Check = (rule: never, value: unknown, schema: Schema, at: string) => string | undefined;

const types: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  object: isObject,
};

const words: Record<string, Check> = {
  description: () => undefined,
  default: () => undefined,
  type: (rule: string | string[], value, _, at) =>
    said(
      [rule].flat().some((type) => types[type]!(value)),
      `${at} is no ${rule}`,
    ),
  enum: (rule: unknown[], value, _, at) =>
    said(
      rule.some((one) => isDeepStrictEqual(one, value)),
      `${at} is none of ${rule}`,
    ),
  const: (rule: unknown, value, _, at) => said(isDeepStrictEqual(rule, value), `${at} is not ${rule}`),
  allOf: (rule: Schema[], value, _, at) => first(rule, (part) => problemOf(part, value, at)),
  anyOf: (rule: Schema[], value, _, at) =>
    said(
      rule.some((part) => problemOf(part, value, at) === undefined),
      `${at} is none of several`,
    ),
  required: (rule: string[], value, _, at) =>
    isObject(value) ? first(rule, (name) => said(Object.hasOwn(value, name), `${at}.${name} is missing`)) : undefined,
  properties: (rule: Record<string, Schema>, value, _, at) =>
    isObject(value)
      ? first(
          Object.keys(rule).filter((name) => Object.hasOwn(value, name)),
          (name) => problemOf(rule[name]!, value[name], `${at}.${name}`),
        )
      : undefined,
  additionalProperties: (rule: boolean | Schema, value, { properties = {} }, at) =>
    isObject(value)
      ? first(
          Object.keys(value).filter((name) => !Object.hasOwn(properties, name)),
          (name) =>
            typeof rule === 'boolean'
              ? said(rule, `${at}.${name} is not known`)
              : problemOf(rule, value[name], `${at}.${name}`),
        )
      : undefined,
  items: (rule: Schema, value, _, at) =>
    Array.isArray(value)
      ? first([...value.entries()], ([index, item]) => problemOf(rule, item, `${at}.${index}`))
      : undefined,
  minItems: (rule: number, value, _, at) => said(!Array.isArray(value) || value.length >= rule, `${at} is too short`),
  maxItems: (rule: number, value, _, at) => said(!Array.isArray(value) || value.length <= rule, `${at} is too long`),
  pattern: (rule: string, value, _, at) =>
    said(typeof value !== 'string' || new RegExp(rule, 'u').test(value), `${at} does not match ${rule}`),
  minLength: (rule: number, value, _, at) =>
    said(typeof value !== 'string' || value.length >= rule, `${at} is too short`),
  maxLength: (rule: number, value, _, at) =>
    said(typeof value !== 'string' || value.length <= rule, `${at} is too long`),
  minimum: (rule: number, value, _, at) => said(typeof value !== 'number' || value >= rule, `${at} is too small`),
  maximum: (rule: number, value, _, at) => said(typeof value !== 'number' || value <= rule, `${at} is too large`),
  exclusiveMinimum: (rule: number, value, _, at) =>
    said(typeof value !== 'number' || value > rule, `${at} is too small`),
};

const said = (isRight: boolean, problem: string): string | undefined => (isRight ? undefined : problem);

/** The first problem of several parts. */
function first<Part>(parts: readonly Part[], check: (part: Part) => string | undefined): string | undefined {
  for (const part of parts) {
    const problem = check(part);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
