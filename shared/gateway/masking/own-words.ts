import type { Call } from '../../call/call.ts';
import { isJsonObject } from '../../http/json.ts';

/** What a caller wrote in its request. */
export interface OwnWords {
  /** Whether the caller wrote this, as it stands or, if it is long enough to be no chance, with other signs in between. */
  include: (text: string) => boolean;
}

/** What a caller may find again in an error: some of its headers reach providers as well as its body. */
export const sentWith = ({ http, body }: Pick<Call, 'http' | 'body'>): unknown => [body.value, http.headers, http.path];

const NO_CHANCE = 5;

/** Reads the request only when it is asked: most errors hold nothing to look for. */
export function ownWordsOf(request: unknown): OwnWords {
  let texts: Buffer | undefined;
  let letters: Buffer | undefined;
  return {
    include(text) {
      texts ??= loweredBytes(textsIn(request).join(' '));
      const wanted = loweredBytes(text);
      if (texts.includes(wanted)) return true;
      const wantedLetters = lettersOf(wanted);
      if (wantedLetters.length < NO_CHANCE) return false;
      letters ??= lettersOf(texts);
      return letters.includes(wantedLetters);
    },
  };
}

// By hand: a request may have many megabytes, and an expression takes most of a second for them.
function loweredBytes(text: string): Buffer {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at]! >= 65 && bytes[at]! <= 90) bytes[at]! += 32;
  return bytes;
}

/** Letters and digits of ASCII, and whatever is beyond it. */
function lettersOf(bytes: Buffer): Buffer {
  const letters = Buffer.allocUnsafe(bytes.length);
  let end = 0;
  // No iterator either: it takes five times as long.
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]!;
    const isLetter = (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte >= 128;
    if (isLetter) letters[end++] = byte;
  }
  return letters.subarray(0, end);
}

/** Every text and every number in it, names of fields too. Its depth was checked when it was parsed. */
function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  const visit = (inner: unknown): void => {
    if (typeof inner === 'string' || typeof inner === 'number') texts.push(String(inner));
    else if (Array.isArray(inner)) inner.forEach(visit);
    else if (isJsonObject(inner)) {
      for (const [name, field] of Object.entries(inner)) {
        texts.push(name);
        visit(field);
      }
    }
  };
  visit(value);
  return texts;
}
