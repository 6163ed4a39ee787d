import type { OwnWords } from './own-words.ts';
import { lowered, plainView, reversedView, type View, viewsOf } from './text-views.ts';

/** A piece of a key of at least so many characters is masked as the whole is; a shorter one may be an ordinary word. */
const PIECE = 8;
/** A key shorter than a piece is masked where it stands alone. */
const SHORTEST = 4;

/** What to look for; for keys of 100,000 characters in all, some ten megabytes. */
interface Pieces {
  keys: string[];
  /** Every `PIECE` characters of a key as they stand in it. */
  whole: Set<string>;
  /** Every `PIECE` letters and digits of a key that follow each other in it, whatever stands between. */
  loose: Set<string>;
  /** Those of `loose` without a digit, with the places of what stands between them in the key: they may be words. */
  words: Set<string>;
}

/**
 * Writes `***` for every key and for every piece of one, in upper and lower case alike: as it is, reversed, in base64 (alone or
 * within `user:key`), in hexadecimal, and split by spaces, dashes, dots or other signs. Takes time in proportion to the text.
 */
export const maskFor = (given: Iterable<string>): Mask => maskOf(piecesOf(given, () => true));

/**
 * The same for a sentence of the gateway that holds a provider's word: what of a key may be an ordinary word is left. A key
 * `sk-provider-…` neither spoils what is said of a provider, nor is it shown by what is missing.
 */
export const maskButWordsFor = (given: Iterable<string>): Mask =>
  maskOf(piecesOf(given, (piece) => !isLikeWords(piece)));

/** `own` is what the caller itself wrote: it stays, since whether it is masked would tell a caller that guesses a key. */
export type Mask = (text: string, own?: OwnWords) => string;

const maskOf =
  (pieces: Pieces): Mask =>
  (text, own) =>
    pieces.keys.length === 0 ? text : withStars(text, findSecrets(text, pieces), own);

/** Neither digits nor capitals within a word. */
const isLikeWords = (piece: string): boolean => !/\d|[a-z][A-Z]|[A-Z]{2}[a-z]/.test(piece);

function piecesOf(given: Iterable<string>, isTaken: (piece: string) => boolean): Pieces {
  const pieces: Pieces = { keys: [], whole: new Set(), loose: new Set(), words: new Set() };
  for (const written of given) {
    if (written.length < SHORTEST) continue;
    const key = lowered(written);
    if (isTaken(written)) pieces.keys.push(key);
    for (let at = 0; at + PIECE <= key.length; at += 1) {
      if (isTaken(written.slice(at, at + PIECE))) pieces.whole.add(key.slice(at, at + PIECE));
    }
    for (const { piece, gaps, from, to } of loosePieces(plainView(key))) {
      if (isTaken(written.slice(from, to))) pieces.loose.add(piece);
      if (!/\d/.test(piece)) pieces.words.add(piece + gaps);
    }
  }
  return pieces;
}

function findSecrets(text: string, pieces: Pieces): Uint8Array {
  const isSecret = new Uint8Array(text.length);
  for (const view of viewsOf(text)) markWhole(isSecret, view, pieces);
  const plain = plainView(text);
  for (const view of [plain, reversedView(plain)]) markLoose(isSecret, view, pieces);
  for (const key of pieces.keys) {
    if (key.length < PIECE) markWord(isSecret, plain.text, key);
    else markCut(isSecret, plain.text, key);
  }
  return isSecret;
}

function markWhole(isSecret: Uint8Array, { text, from, to }: View, { whole }: Pieces): void {
  for (let at = 0; at + PIECE <= text.length; at += 1) {
    if (whole.has(text.slice(at, at + PIECE))) mark(isSecret, from, to, at);
  }
}

/** A view may run backwards. */
function mark(isSecret: Uint8Array, from: readonly number[], to: readonly number[], at: number): void {
  const last = at + PIECE - 1;
  isSecret.fill(1, Math.min(from[at]!, from[last]!), Math.max(to[at]!, to[last]!));
}

/** Words without a digit that are parted where the key itself is parted (`no key needed` for `no-key-needed`) are left. */
function markLoose(isSecret: Uint8Array, view: View, { loose, words }: Pieces): void {
  for (const { piece, gaps, from, to } of loosePieces(view)) {
    if (loose.has(piece) && !words.has(piece + gaps)) isSecret.fill(1, from, to);
  }
}

interface LoosePiece {
  piece: string;
  /** For each of its characters whether something stands before it, as a number in bits, its first character left out. */
  gaps: number;
  from: number;
  to: number;
}

/** The letters and digits of a text, `PIECE` of them at a time. */
function* loosePieces({ text, from, to }: View): Generator<LoosePiece> {
  const places: number[] = [];
  for (let at = 0; at < text.length; at += 1) if (isLetter(text[at])) places.push(at);
  const letters = places.map((at) => text[at]).join('');
  let gaps = 0;
  for (let end = 0; end < places.length; end += 1) {
    const isApart = end > 0 && places[end]! - places[end - 1]! > 1;
    gaps = ((gaps << 1) | Number(isApart)) & GAPS;
    const begin = end + 1 - PIECE;
    if (begin < 0) continue;
    const [first, last] = [places[begin]!, places[end]!];
    const piece = letters.slice(begin, end + 1);
    yield { piece, gaps, from: Math.min(from[first]!, from[last]!), to: Math.max(to[first]!, to[last]!) };
  }
}

const GAPS = (1 << (PIECE - 1)) - 1;

/** A sentence that was shortened may end within a key. */
function markCut(isSecret: Uint8Array, text: string, key: string): void {
  for (let length = PIECE - 1; length >= SHORTEST; length -= 1) {
    if (text.endsWith(key.slice(0, length))) isSecret.fill(1, text.length - length);
  }
}

function markWord(isSecret: Uint8Array, text: string, key: string): void {
  for (let at = text.indexOf(key); at !== -1; at = text.indexOf(key, at + key.length)) {
    if (!isLetter(text[at - 1]) && !isLetter(text[at + key.length])) isSecret.fill(1, at, at + key.length);
  }
}

/** Of a text in lower case; ASCII is looked at without an expression, as it is most of what is read. */
function isLetter(character: string | undefined): boolean {
  if (character === undefined) return false;
  const code = character.charCodeAt(0);
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
  return /[\p{L}\p{N}]/u.test(character);
}

function withStars(text: string, isSecret: Uint8Array, own: OwnWords | undefined): string {
  let masked = '';
  for (let at = 0; at < text.length; ) {
    const end = isSecret.indexOf(isSecret[at] ? 0 : 1, at);
    const next = end === -1 ? text.length : end;
    const piece = text.slice(at, next);
    masked += isSecret[at] && !own?.include(piece) ? '***' : piece;
    at = next;
  }
  return masked;
}
