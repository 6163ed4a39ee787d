import { stringEnd } from './string-end.ts';

/**
 * JSON text with `null` for `NaN` and `Infinity`, and -9999 for those below zero, outside of strings. One pass, and no regular
 * expression: one that steps over strings takes quadratic time on a string that never ends.
 */
export function withoutOddNumbers(text: string): string {
  const pieces: string[] = [];
  let kept = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      at = stringEnd(text, at);
      continue;
    }
    const word = character === 'N' ? 'NaN' : character === 'I' ? 'Infinity' : undefined;
    if (!word || !isWholeWord(text, at, word)) continue;
    const isNegative = text[at - 1] === '-';
    pieces.push(text.slice(kept, isNegative ? at - 1 : at), isNegative ? '-9999' : 'null');
    kept = at + word.length;
    at = kept - 1;
  }
  return pieces.join('') + text.slice(kept);
}

const isWholeWord = (text: string, at: number, word: string): boolean =>
  text.startsWith(word, at) && !isWordCharacter(text[at - 1]) && !isWordCharacter(text[at + word.length]);

const isWordCharacter = (character: string | undefined): boolean => character !== undefined && /\w/.test(character);
