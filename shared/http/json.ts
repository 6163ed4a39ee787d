import { GatewayError } from '../errors.ts';
import { type Member, measure } from './json-members.ts';

export type JsonObject = { [name: string]: unknown };

/** A JSON object read and measured, with its bytes kept: what nobody edits leaves as it came. */
export interface JsonBody {
  bytes: Buffer;
  value: JsonObject;
  members: Member[];
}

/** Deeper bodies parse, but overflow the stack of whoever writes them out again. */
export const MAX_DEPTH = 200;

/** Reads a request body that must be a JSON object; every failure is a 400 that says what is wrong. */
export function readJsonBody(bytes: Uint8Array, maxDepth = MAX_DEPTH): JsonBody {
  if (bytes.byteLength === 0)
    throw new GatewayError('invalid_request', 'The request body is empty; send a JSON object.');
  const buffer = withoutBom(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const value = parseOrRefuse(buffer.toString('utf8'));
  if (!isJsonObject(value)) throw new GatewayError('invalid_request', 'The request body must be a JSON object.');
  const { members, depth } = measure(buffer);
  if (depth > maxDepth) {
    throw new GatewayError(
      'invalid_request',
      `The request body is nested ${depth} levels deep; at most ${maxDepth} are taken.`,
    );
  }
  return { bytes: buffer, value, members };
}

const withoutBom = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

function parseOrRefuse(text: string): unknown {
  const parsed = tryParseExact(text);
  if (parsed !== undefined) return parsed;
  throw new GatewayError('invalid_request', 'We could not parse the JSON body of your request.');
}

/** The value of a JSON text, or nothing where it is none. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is an answer here, not a failure: the caller decides what it means.
    return undefined;
  }
}

/** A number of JavaScript holds about 16 digits; a text without so many in a row has none that it would change. */
const MAY_BE_LONG = /\d[\d.]{15}/;

// Not in TypeScript's ES2024 library yet; from Node 22 on they are there.
const exact = JSON as unknown as {
  parse(text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown): unknown;
  rawJSON?: (text: string) => unknown;
  isRawJSON?: (value: unknown) => boolean;
};

/**
 * Like `tryParseJson`, but integers beyond 2^53 come back as they were written: they stand in the value as `JSON.rawJSON`, which
 * `JSON.stringify` writes out digit by digit. Ids in tool arguments and bounds in schemas are such numbers. Texts without
 * one cost one search.
 */
export function tryParseExact(text: string): unknown {
  if (!MAY_BE_LONG.test(text) || !exact.rawJSON) return tryParseJson(text);
  try {
    return exact.parse(text, (_, value, context) =>
      typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d{16,}$/.test(context?.source ?? '')
        ? exact.rawJSON!(context!.source!)
        : value,
    );
  } catch {
    // As above: not JSON is an answer.
    return undefined;
  }
}

/** The JSON text of an object with one more member, whose value is JSON text already and stays as it is. */
export function jsonWith(object: object, name: string, rawValue: string): string {
  const text = JSON.stringify(object);
  return `${text.slice(0, -1)}${text === '{}' ? '' : ','}${JSON.stringify(name)}:${rawValue}}`;
}

/**
 * JSON text in which half characters, as a tool's output cut within an emoji leaves them, are replaced by U+FFFD; vendors refuse
 * them. In JSON text they can only be escapes.
 */
export function wellFormedJson(text: string): string {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return text;
  return text.replace(
    /\\[^u]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g,
    (found) => (found.length === 6 ? '\\ufffd' : found),
  );
}

/** As `tryParseJson`, forgiving numbers that JSON has no word for: some servers write `NaN` and `-Infinity` for log probabilities. */
export function tryParseLenient(text: string): unknown {
  const parsed = tryParseJson(text);
  if (parsed !== undefined || !/\b(?:NaN|Infinity)\b/.test(text)) return parsed;
  return tryParseJson(text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, numberOrNull));
}

function numberOrNull(found: string): string {
  if (found.startsWith('"')) return found;
  return found.startsWith('-') ? '-9999' : 'null';
}

/** A number of `tryParseExact` is an object of JavaScript's, but none of JSON's. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !exact.isRawJSON?.(value);
}
