import { randomUUID } from 'node:crypto';

/** What a JSON text may cost before it is parsed. */
export interface JsonBounds {
  /** Deepest nesting. */
  depth: number;
  /** Most values, each counted as what it costs to parse: see `costs`. */
  values: number;
}

/** A member of the top-level object, as offsets into its bytes: `keyStart` at the quote, `end` behind the value. */
export interface Place {
  keyStart: number;
  valueStart: number;
  end: number;
}

/** What is known of a JSON text before it is parsed. */
interface Scan {
  /** The top-level members of its object. */
  places: Place[];
  /** Some member, at any level, has an escape in its name. */
  hasEscapedNames: boolean;
}

/** Values that deep can be parsed and written again without overflowing the stack; requests may not be deeper either. */
const MOST_LEVELS = 2000;

/**
 * Most values unless set otherwise, `limits.values`: parsing them takes some 100 ms. 120,000 short messages
 * are 4.2 million, 2,048 embeddings of 1,536 numbers 3.2 million.
 */
export const MOST_VALUES = 4_500_000;

/** For what providers send, and for JSON within JSON. */
export const generalBounds: JsonBounds = { depth: MOST_LEVELS, values: MOST_VALUES };

/**
 * What parsing costs, measured: 1 is some 25 ns, the time of a number in a list. A member whose name stood in the same place of an
 * object before is cheap; a new one makes the engine describe a new kind of object, and so does each of very many in one. Integers
 * that JavaScript would change are kept exact by hand.
 */
const costs = { item: 1, member: 3, newMember: 40, container: 6, text: 10, oddNumber: 10, longInteger: 200 } as const;
/** From so many members on, an object of V8's becomes a table, whose every member costs what a new one does. */
const MOST_CHEAP_MEMBERS = 128;

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const COMMA_SIGN = 44;

const PLAIN = 0;
const TEXT = 1;
const OPEN = 2;
const CLOSE = 3;
const COMMA = 4;
const ODD = 5;
const STRAY = 6;
/** What a byte outside of strings begins: most begin nothing. */
const kinds = new Uint8Array(256);
for (const [kind, characters] of [
  [TEXT, '"'],
  [OPEN, '[{'],
  [CLOSE, ']}'],
  [COMMA, ','],
  [ODD, 'NI'],
  [STRAY, ':'],
] as const) {
  for (const character of characters) kinds[character.charCodeAt(0)] = kind;
}

/**
 * Finds the top-level members of a JSON object in one pass over its bytes, before they are parsed, and whether parsing them would cost
 * too much: 30 MB of `[` take the parser ten seconds and 1.6 GB, a million members two seconds. Bytes that are no JSON object
 * give places without meaning: the caller parses them next.
 */
export function scanJson(bytes: Uint8Array, bounds: JsonBounds): Scan | 'too-deep' | 'too-many' {
  const found: Scan = { places: [], hasEscapedNames: false };
  const members = memberCosts(bytes, bounds);
  let values = 0;
  let level = 0;
  /** Where what follows the last sign or string begins. */
  let from = 0;
  let open: Place | undefined;

  const { length } = bytes;
  const kindOf = kinds;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at]!;
    // Digits: of embeddings there are millions.
    if (byte > COMMA_SIGN && byte < COLON) continue;
    const kind = kindOf[byte];
    if (kind === PLAIN) continue;
    if (kind === TEXT) {
      const start = at;
      at = stringEnd(bytes, at);
      const colon = skipSpace(bytes, at + 1);
      if (bytes[colon] === COLON) {
        values += members.costOf(level, start, at);
        found.hasEscapedNames ||= holdsEscape(bytes, start, at);
        at = colon;
        if (level === 1 && open === undefined) {
          const valueStart = skipSpace(bytes, colon + 1);
          open = { keyStart: start, valueStart, end: -1 };
          at = valueStart - 1;
        }
      } else values += costs.text;
    } else if (kind === COMMA) {
      if (isLongInteger(bytes, from, at)) values += costs.longInteger;
      values += costs.item;
      if (level === 1) close(at);
    } else if (kind === OPEN) {
      level += 1;
      if (level > bounds.depth) return 'too-deep';
      values += costs.container;
      members.begin(level);
    } else if (kind === CLOSE) {
      if (isLongInteger(bytes, from, at)) values += costs.longInteger;
      level -= 1;
      if (level === 0) close(at);
      // No JSON: the parser stops here too.
      if (level < 0) return found;
    } else if (kind === ODD) values += costs.oddNumber;
    // A colon that follows no string: the parser stops here too.
    else return found;
    from = at + 1;
    if (values > bounds.values) return 'too-many';
  }
  return found;

  function close(at: number): void {
    if (!open) return;
    let end = at;
    while (isSpace(bytes[end - 1])) end -= 1;
    open.end = end;
    found.places.push(open);
    open = undefined;
  }
}

/** Whether a JSON text is too deep or has too many values to be parsed. A short one never has; of a long one this copies the bytes. */
export function isTooMuch(text: string, bounds = generalBounds): boolean {
  return (
    (text.length > bounds.depth || !isShort(text.length, bounds)) &&
    typeof scanJson(Buffer.from(text), bounds) === 'string'
  );
}

/** Whether so many bytes cannot hold too many values, whatever they are. */
const isShort = (bytes: number, { values }: JsonBounds): boolean => bytes * costs.newMember <= values;

/** A secret factor: nobody can choose names that are taken for one another. */
const FACTOR = Number.parseInt(randomUUID().slice(0, 8), 16) | 1;
/** Kinds of objects that are remembered, a power of two. */
const KINDS = 4096;
const seen = new Int32Array(KINDS);

interface MemberCosts {
  begin(level: number): void;
  costOf(level: number, from: number, to: number): number;
}

/** For bytes so few that they cannot hold too much, as most have: nothing can cost more than a byte that is a new member. */
const alike: MemberCosts = { begin() {}, costOf: () => costs.member };

/** What members cost: each is known by the names before it in its object and its own, as the engine knows it. */
function memberCosts(bytes: Uint8Array, bounds: JsonBounds): MemberCosts {
  if (isShort(bytes.length, bounds)) return alike;
  const paths: number[] = [];
  const counts: number[] = [];
  seen.fill(0);
  return {
    begin(level) {
      paths[level] = FACTOR;
      counts[level] = 0;
    },
    costOf(level, from, to) {
      let path = paths[level] ?? 0;
      for (let at = from; at < to; at += 1) path = Math.imul(path ^ bytes[at]!, FACTOR);
      paths[level] = path;
      const count = (counts[level] ?? 0) + 1;
      counts[level] = count;
      const place = path >>> 20;
      if (seen[place] === path && count <= MOST_CHEAP_MEMBERS) return costs.member;
      seen[place] = path;
      return costs.newMember;
    },
  };
}

/** So far a string is read byte by byte: a search costs as much as that to begin. */
const SHORT = 32;

/** Where the string ends that begins at a quote; the bytes' own end where it has none. */
export function stringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    for (const stop = Math.min(at + SHORT, bytes.length); at < stop; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) return at;
      if (byte === BACKSLASH) at += 1;
    }
    const end = bytes.indexOf(QUOTE, at);
    if (end === -1) return bytes.length;
    let backslashes = 0;
    while (end - backslashes > at && bytes[end - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
    at = end + 1;
  }
}

function holdsEscape(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at] === BACKSLASH) return true;
  return false;
}

/** 16 digits or more in a row, which a number of JavaScript's may not hold; no fraction, of which embeddings have millions. */
function isLongInteger(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < LONG) return false;
  let at = skipSpace(bytes, from);
  if (bytes[at] === MINUS) at += 1;
  const end = at + LONG;
  while (at < end && isDigit(bytes[at])) at += 1;
  return at === end;
}

const LONG = 16;
const MINUS = 45;
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return at;
}
