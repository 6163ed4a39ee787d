import { isJsonObject } from '../../../http/json.ts';
import { type TextEncoding, textEncoding } from '../../../http/text-encoding.ts';

const RAW = Symbol('raw JSON');
const ITEMS = Symbol('items of an array');

/** JSON text that is written as it is. */
export interface RawJson {
  [RAW]: string;
}

/** An array whose items are made one after the other, each when it is written. */
export interface LazyArray {
  [ITEMS]: Iterable<unknown>;
}

/**
 * A value as JSON, in bytes. Halves of surrogate pairs, which tools leave where they cut an emoji, are replaced: the vendor refuses
 * them. Key order is kept, so that equal conversations give equal bytes.
 */
export function jsonBytes(value: unknown): Uint8Array {
  const text = textEncoding();
  write(value, text);
  return text.bytes();
}

function write(value: unknown, text: TextEncoding): void {
  if (typeof value === 'string') text.addString(value.toWellFormed());
  else if (Array.isArray(value)) writeItems(value, text);
  else if (!isJsonObject(value)) text.add(JSON.stringify(value) ?? 'null');
  else if (RAW in value) text.add((value as unknown as RawJson)[RAW]);
  else if (ITEMS in value) writeItems((value as unknown as LazyArray)[ITEMS], text);
  else writeMembers(value, text);
}

function writeItems(items: Iterable<unknown>, text: TextEncoding): void {
  let sign = '[';
  for (const item of items) {
    text.add(sign);
    write(item ?? null, text);
    sign = ',';
  }
  text.add(sign === '[' ? '[]' : ']');
}

function writeMembers(value: object, text: TextEncoding): void {
  let sign = '{';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    text.add(sign);
    text.addString(name.toWellFormed());
    text.add(':');
    write(member, text);
    sign = ',';
  }
  text.add(sign === '{' ? '{}' : '}');
}

/** JSON text to be written as it is, but for halves of surrogate pairs. */
export const rawJson = (text: string): RawJson => ({ [RAW]: wellFormedText(text) });

export const lazyArray = (items: Iterable<unknown>): LazyArray => ({ [ITEMS]: items });

const ESCAPE = /\\(?:u([dD][89abAB][0-9a-fA-F]{2})(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|u[dD][c-fC-F][0-9a-fA-F]{2}|.)/gs;

/** Halves of pairs may stand there as escapes too. */
function wellFormedText(text: string): string {
  const whole = text.toWellFormed();
  if (!/\\u[dD]/.test(whole)) return whole;
  return whole.replace(ESCAPE, (matched: string, _high?: string, low?: string) =>
    low === undefined && /^\\u[dD][89a-fA-F]/.test(matched) ? '\\ufffd' : matched,
  );
}
