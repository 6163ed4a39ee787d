import { GatewayError } from '../errors.ts';

export type JsonObject = { [name: string]: unknown };

/** A top-level member of a JSON object, as offsets into its bytes: `keyStart` at the quote, `end` behind the value. */
export interface Member {
  key: string;
  keyStart: number;
  valueStart: number;
  end: number;
}

/** A JSON object read and measured, with its bytes kept: what nobody edits leaves as it came. */
export interface JsonBody {
  bytes: Buffer;
  value: JsonObject;
  members: Member[];
}

/** Changes to the top-level members of an object. Values are JSON texts. */
export interface Edits {
  set?: Readonly<Record<string, string>>;
  rename?: Readonly<Record<string, string>>;
  remove?: ReadonlySet<string>;
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

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const OPEN_BRACKET = 91;
const CLOSE_BRACE = 125;
const CLOSE_BRACKET = 93;
const COLON = 58;
const COMMA = 44;

/** Finds the top-level members and the greatest depth of bytes that are known to be a valid JSON object. */
function measure(bytes: Buffer): { members: Member[]; depth: number } {
  const members: Member[] = [];
  let level = 0;
  let depth = 0;
  let open: Member | undefined;

  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = stringEnd(bytes, at);
      if (level === 1 && open === undefined) {
        open = { key: JSON.parse(bytes.toString('utf8', at, end + 1)), keyStart: at, valueStart: -1, end: -1 };
      }
      at = end;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      level += 1;
      if (level > depth) depth = level;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      level -= 1;
      if (level === 0) close(at);
    } else if (level === 1 && byte === COLON && open) {
      open.valueStart = skipSpace(bytes, at + 1);
      at = open.valueStart - 1;
    } else if (level === 1 && byte === COMMA) {
      close(at);
    }
  }
  return { members, depth };

  function close(at: number): void {
    if (!open) return;
    let end = at;
    while (isSpace(bytes[end - 1])) end -= 1;
    members.push({ ...open, end });
    open = undefined;
  }
}

function stringEnd(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end !== -1; end = bytes.indexOf(QUOTE, end + 1)) {
    let backslashes = 0;
    while (bytes[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return bytes.length;
}

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/** The object's bytes with some members changed and every other byte as it came; new members go to the end. */
export function editMembers(
  { bytes, members }: JsonBody,
  { set = {}, rename = {}, remove = new Set() }: Edits,
): Buffer {
  const pieces: Buffer[] = [];
  const missing = new Set(Object.keys(set));
  let kept = 0;
  members.forEach((member, position) => {
    missing.delete(member.key);
    if (remove.has(member.key)) return;
    const previousEnd = position === 0 || kept === 0 ? undefined : members[position - 1]!.end;
    pieces.push(
      previousEnd === undefined
        ? bytes.subarray(0, members[0]!.keyStart)
        : bytes.subarray(previousEnd, member.keyStart),
    );
    kept += 1;
    const newName = own(rename, member.key);
    if (newName === undefined) pieces.push(bytes.subarray(member.keyStart, member.valueStart));
    else pieces.push(Buffer.from(`${JSON.stringify(newName)}:`));
    const newValue = own(set, member.key);
    pieces.push(newValue === undefined ? bytes.subarray(member.valueStart, member.end) : Buffer.from(newValue));
  });
  const added = [...missing].map((name) => `${JSON.stringify(name)}:${set[name]}`).join(',');
  const last = members.at(-1);
  if (kept === 0) return Buffer.from(`{${added}}`);
  return Buffer.concat([...pieces, Buffer.from(added === '' ? '' : `,${added}`), bytes.subarray(last!.end)]);
}

/** A body may have a member called `__proto__`: only what is really in the table counts. */
const own = (table: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
