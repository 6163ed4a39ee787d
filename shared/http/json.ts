import { GatewayError } from '../errors.ts';
import { keyOf, type Member } from './json-members.ts';
import { isTooMuch, type JsonBounds, MOST_VALUES, scanJson } from './json-scan.ts';
import { markLongIntegers } from './long-integers.ts';
import type { Form } from './multipart.ts';
import { withoutOddNumbers } from './odd-numbers.ts';

export type JsonObject = { [name: string]: unknown };

/** A JSON object read and measured, with its bytes kept: what is not edited leaves as it came. */
export interface JsonBody {
  bytes: Buffer;
  value: JsonObject;
  members: Member[];
  /** Where the bytes are a form: `value` has its fields that are no files, and there are no members. */
  form?: Form;
}

/** Deeper bodies parse, but overflow the stack of the code that writes them out again. */
const MOST_LEVELS = 200;

/** At the top level each member is looked at many times; APIs have some fifty. */
const MOST_MEMBERS = 1000;

/** Reads a request body that must be a JSON object; every failure is a 400 that says what is wrong. */
export function readJsonBody(
  bytes: Uint8Array,
  { depth = MOST_LEVELS, values = MOST_VALUES }: Partial<JsonBounds> = {},
): JsonBody {
  if (bytes.byteLength === 0) throw refusal('The request body is empty; send a JSON object.');
  const buffer = withoutBom(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  // Before parsing: ten megabytes of `[`, or a million members, would take the parser seconds.
  const found = scanJson(buffer, { depth, values });
  if (found === 'too-deep') throw refusal(`The request body is nested more than ${depth} levels deep.`);
  if (found === 'too-many')
    throw refusal(`The request body holds too many values: more than ${values} (\`limits.values\`).`);
  if (found.places.length > MOST_MEMBERS)
    throw refusal(`The request body has more than ${MOST_MEMBERS} members at its top level.`);
  const text = buffer.toString('utf8');
  const value = parseExact(text);
  if (value === undefined) throw refusal('We could not parse the JSON body of your request.');
  if (!isJsonObject(value)) throw refusal('The request body must be a JSON object.');
  const members = found.places.map((member) => ({ ...member, key: keyOf(buffer, member) }));
  refuseDuplicates(members);
  // In JSON text half a character can only be an escape, and hardly any name has one.
  if (found.hasEscapedNames) refuseHalfNames(value);
  return { bytes: buffer, value, members };
}

const refusal = (message: string): GatewayError => new GatewayError('invalid_request', message);

/** Parsers differ in which of two equal members they take: one that we checked might not be the one that the provider reads. */
function refuseDuplicates(members: readonly Member[]): void {
  const keys = new Set<string>();
  for (const { key } of members) {
    if (keys.has(key)) throw refusal(`The request body has the member '${shown(key)}' twice.`);
    keys.add(key);
  }
}

/** Names travel into paths, headers and other formats, which have no room for half a character. */
function refuseHalfNames(value: JsonObject): void {
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) {
      for (const item of next) if (typeof item === 'object' && item !== null) open.push(item);
    } else if (isJsonObject(next)) {
      for (const [name, member] of Object.entries(next)) {
        if (!name.isWellFormed())
          throw refusal(`The request body has a member '${shown(name)}' whose name holds half a character.`);
        if (typeof member === 'object' && member !== null) open.push(member);
      }
    }
  }
}

const shown = (name: string): string => name.slice(0, 100).toWellFormed();

/** Some write a byte order mark before their JSON, which the format does not have. */
export const withoutBom = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

/** The value of a JSON text, or nothing where it is none, or one that is too deep or has too many values. */
export function tryParseJson(text: string): unknown {
  return isTooMuch(text) ? undefined : tryParse(text);
}

/** For texts that are known to be within their bounds. */
function tryParse(text: string): unknown {
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
  rawJSON?: (text: string) => unknown;
  isRawJSON?: (value: unknown) => boolean;
};

/**
 * Like `tryParseJson`, but integers beyond 2^53 come back as they were written: they stand in the value as `JSON.rawJSON`, which
 * `JSON.stringify` writes out digit by digit. Ids in tool arguments and bounds in schemas are such numbers. Texts without
 * one cost one search.
 */
export const tryParseExact = (text: string): unknown => (isTooMuch(text) ? undefined : parseExact(text));

function parseExact(text: string): unknown {
  const marked = MAY_BE_LONG.test(text) && exact.rawJSON ? markLongIntegers(text) : undefined;
  return marked ? marked.restore(tryParse(marked.text), exact.rawJSON!) : tryParse(text);
}

/** The JSON text of an object with one more member, whose value is JSON text already and stays as it is. */
export function jsonWith(object: object, name: string, rawValue: string): string {
  const text = JSON.stringify(object);
  return `${text.slice(0, -1)}${text === '{}' ? '' : ','}${JSON.stringify(name)}:${rawValue}}`;
}

/** In JSON text half a character can only be an escape. */
const MAY_HAVE_HALVES = /\\u[dD][89a-fA-F]/;

/**
 * JSON text in which half characters, as a tool's output cut within an emoji leaves them, are replaced by U+FFFD; vendors refuse
 * them.
 */
export function wellFormedJson(text: string): string {
  if (!MAY_HAVE_HALVES.test(text)) return text;
  return text.replace(
    /\\[^u]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}/g,
    (found) => (found.length === 6 ? '\\ufffd' : found),
  );
}

/** As `tryParseJson`, also with `NaN` and `Infinity`, which JSON does not have: some servers write them for log probabilities. */
export const tryParseLenient = (text: string): unknown => (isTooMuch(text) ? undefined : parseLenient(text));

function parseLenient(text: string): unknown {
  const parsed = tryParse(text);
  if (parsed !== undefined || !(text.includes('NaN') || text.includes('Infinity'))) return parsed;
  return tryParse(withoutOddNumbers(text));
}

/** The same three for texts that `scanJson` found to be within their bounds. */
export const scanned = { json: tryParse, exact: parseExact, lenient: parseLenient };

/** A number of `tryParseExact` is an object of JavaScript's, but none of JSON's. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !exact.isRawJSON?.(value);
}
