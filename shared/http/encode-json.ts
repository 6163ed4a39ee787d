import { isJsonObject } from './json.ts';
import { encodeText } from './message.ts';
import { LONG_STRING, type TextEncoding, textEncoding } from './text-encoding.ts';

/** A long string stands near the beginning of the few answers that have one; others are not searched to their end. */
const MOST_LOOKS = 1_000;

/** What `JSON.stringify` gives, in bytes; one with long strings is encoded block by block, which takes a third of the memory. */
export function encodeJson(value: object): Uint8Array {
  if (!holdsLongString(value)) return encodeText(JSON.stringify(value));
  const text = textEncoding();
  write(value, text);
  return text.bytes();
}

function holdsLongString(value: object): boolean {
  const open: unknown[] = [value];
  for (let looks = 0; looks < open.length && looks < MOST_LOOKS; looks += 1) {
    const next = open[looks];
    if (typeof next === 'string') {
      if (next.length > LONG_STRING) return true;
    } else if (typeof next === 'object' && next !== null) {
      for (const name in next) {
        if (open.length >= MOST_LOOKS) break;
        open.push((next as Record<string, unknown>)[name]);
      }
    }
  }
  return false;
}

function write(value: unknown, text: TextEncoding): void {
  if (typeof value === 'string') text.addString(value);
  else if (Array.isArray(value)) {
    text.add('[');
    value.forEach((item, at) => {
      if (at > 0) text.add(',');
      write(item, text);
    });
    text.add(']');
  } else if (isJsonObject(value)) writeMembers(value, text);
  // As in an array: a member without a value was left out before.
  else text.add(JSON.stringify(value) ?? 'null');
}

function writeMembers(value: object, text: TextEncoding): void {
  let sign = '{';
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    text.add(sign);
    text.addString(name);
    text.add(':');
    write(member, text);
    sign = ',';
  }
  text.add(sign === '{' ? '{}' : '}');
}
