import { isJsonObject } from '../../http/json.ts';
import { lowered } from './text-views.ts';

/** What a caller wrote in its request. */
export interface OwnWords {
  /** Whether the caller wrote this, as it stands or, if it is long enough to be no chance, with other signs in between. */
  include: (text: string) => boolean;
}

const NO_CHANCE = 5;

/** Reads the request only when it is asked: most errors hold nothing to look for. */
export function ownWordsOf(request: unknown): OwnWords {
  let texts: string | undefined;
  let letters: string | undefined;
  return {
    include(text) {
      texts ??= lowered(textsIn(request).join(' '));
      if (texts.includes(lowered(text))) return true;
      const wanted = lettersOf(text);
      if (wanted.length < NO_CHANCE) return false;
      letters ??= lettersOf(texts);
      return letters.includes(wanted);
    },
  };
}

const lettersOf = (text: string): string => lowered(text).replace(/[^\p{L}\p{N}]+/gu, '');

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
