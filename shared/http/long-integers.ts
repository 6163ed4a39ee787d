import { randomUUID } from 'node:crypto';
import { stringEnd } from './string-end.ts';

/** What the numbers in a text are replaced by, so that it can be parsed at the speed of the parser. */
export interface Marked {
  text: string;
  /** Puts the numbers back into the value of that text. */
  restore(value: unknown, make: (digits: string) => unknown): unknown;
}

/**
 * A JSON text with each integer beyond 2^53 replaced by a string that stands nowhere else; nothing where it has none. A reviver of
 * `JSON.parse` sees the digits as well, but is called for every value and takes a hundred times as long.
 */
export function markLongIntegers(text: string): Marked | undefined {
  const mark = `${randomUUID()}:`;
  const pieces: string[] = [];
  let taken = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 34) at = stringEnd(text, at);
    else if (code === 45 || isDigit(code)) {
      const end = numberEnd(text, at);
      if (end - at >= 16) {
        const digits = text.slice(at, end);
        if (isLong(digits) && !isName(text, end)) {
          pieces.push(text.slice(taken, at), `"${mark}${digits}"`);
          taken = end;
        }
      }
      at = end - 1;
    }
  }
  if (pieces.length === 0) return undefined;
  return {
    text: pieces.join('') + text.slice(taken),
    restore: (value, make) =>
      restored(value, (found) => (found.startsWith(mark) ? make(found.slice(mark.length)) : found)),
  };
}

/** Where digits and what else numbers consist of end. No expression: it would cost ten times as much for each of a million. */
function numberEnd(text: string, start: number): number {
  let at = start + 1;
  for (let code = text.charCodeAt(at); isDigit(code) || isOfNumbers(code); code = text.charCodeAt(at)) at += 1;
  return at;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
/** `.`, `e`, `E`, `+`, `-`. */
const isOfNumbers = (code: number): boolean => code === 46 || code === 101 || code === 69 || code === 43 || code === 45;

/**
 * An integer beyond 2^53, which has 16 digits or more. No expression: one that counts digits keeps each on its stack, and fails at
 * some millions of them.
 */
function isLong(number: string): boolean {
  const first = number.charCodeAt(0) === MINUS ? 1 : 0;
  if (number.length - first < 16 || number.charCodeAt(first) === ZERO) return false;
  for (let at = first; at < number.length; at += 1) if (!isDigit(number.charCodeAt(at))) return false;
  return number.length - first > 16 || !Number.isSafeInteger(Number(number));
}

const MINUS = 45;
const ZERO = 48;

/** A number in the place of a member's name is no JSON, and must not become it. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (' \n\r\t'.includes(text[at] ?? '-')) at += 1;
  return text[at] === ':';
}

function restored(value: unknown, read: (text: string) => unknown): unknown {
  const top = { value };
  const open: object[] = [top];
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    const take = (name: string | number, member: unknown): void => {
      if (typeof member === 'object' && member !== null) open.push(member);
      else if (typeof member === 'string') {
        const found = read(member);
        if (found !== member) define(holder!, name, found);
      }
    };
    if (Array.isArray(holder)) for (let at = 0; at < holder.length; at += 1) take(at, holder[at]);
    else for (const name of Object.keys(holder)) take(name, (holder as Record<string, unknown>)[name]);
  }
  return top.value;
}

/** A member may be called `__proto__`: then setting it would set something else. */
const define = (holder: object, name: string | number, value: unknown): void =>
  void Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
