/** Longest value that `headerValue` and `headerList` write, in characters. */
export const LONGEST_VALUE = 1_000;
/** Longest value that `safeHeaders` lets out: above what we write ourselves, below what proxies and Lambda refuse. */
const LONGEST_SAFE_VALUE = 4_000;
/** Longest name within a list, and most names in it. */
const LONGEST_NAME = 100;
const MOST_NAMES = 50;
/** Marks what was cut off. */
const CUT = '...';
/** Room kept for `, +<number> more`. */
const ROOM_FOR_MORE = 20;

/** Visible ASCII without `%`, spaces only inside. */
const PLAIN = /^(?:[!-$&-~](?:[ -$&-~]*[!-$&-~])?)?$/;
/** What a header may hold without harm. */
const SAFE = /^[ -~]*$/;
/** @see https://www.rfc-editor.org/rfc/rfc9110#name-tokens */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * A text as a header value: visible ASCII and spaces inside stay as they are, all else and `%` is percent-encoded as UTF-8, so that
 * `decodeURIComponent` gives the text back (lone surrogates as U+FFFD). A longer value is cut between two characters and
 * ends in `...`.
 */
export function headerValue(text: string, longest = LONGEST_VALUE): string {
  if (text.length <= longest && PLAIN.test(text)) return text;
  // Cut before encoding: the value may be megabytes, and encoding makes no character shorter.
  const wellFormed = text.slice(0, longest + 1).toWellFormed();
  return joinUpTo(longest, encodeOuterSpaces([...wellFormed].map(encodeUnlessPlain)));
}

/**
 * Names joined with `, `, as `x-sluice-dropped` lists them: `a, b, +3 more`. Commas inside a name and a `+` at its start are
 * encoded, so that a name can be taken neither for two names nor for the count of those left out. An empty name is `""`.
 */
export function headerList(names: readonly string[], longest = LONGEST_VALUE): string {
  const listed: string[] = [];
  let length = 0;
  for (const name of names.slice(0, MOST_NAMES)) {
    const encoded = listedName(name);
    if (length + encoded.length + ROOM_FOR_MORE > longest) break;
    listed.push(encoded);
    length += encoded.length + 2;
  }
  const left = names.length - listed.length;
  return [...listed, ...(left === 0 ? [] : [`+${left} more`])].join(', ');
}

/**
 * The headers of an answer as any host can send them, called once for every answer: names that are no tokens are dropped, in
 * values what is neither visible ASCII nor a space is percent-encoded. A `%` stays: values that hold foreign text went
 * through `headerValue` or `headerList` before and are not encoded twice.
 */
export function safeHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const safe: Record<string, string> = {};
  for (const name in headers) if (TOKEN.test(name)) safe[name] = safeValue(headers[name]!);
  return safe;
}

function safeValue(value: string): string {
  if (value.length <= LONGEST_SAFE_VALUE && SAFE.test(value)) return value;
  const wellFormed = value.slice(0, LONGEST_SAFE_VALUE + 1).toWellFormed();
  return joinUpTo(
    LONGEST_SAFE_VALUE,
    [...wellFormed].map((character) => (SAFE.test(character) ? character : encode(character))),
  );
}

const listedName = (name: string): string =>
  name === ''
    ? '""'
    : headerValue(name, LONGEST_NAME).replaceAll(',', '%2C').replace(/^\+/, '%2B').replace(/^""$/, '%22%22');

/** Joins up to the limit, never splits an encoded character, and appends `...` where something is left out. */
function joinUpTo(longest: number, characters: readonly string[]): string {
  let length = 0;
  /** How many characters fit together with the mark behind them. */
  let fitting = 0;
  for (const character of characters) {
    length += character.length;
    if (length > longest) return `${characters.slice(0, fitting).join('')}${CUT}`;
    if (length <= longest - CUT.length) fitting += 1;
  }
  return characters.join('');
}

const encodeUnlessPlain = (character: string): string =>
  character === ' ' || PLAIN.test(character) ? character : encode(character);

const encode = (character: string): string => encodeURIComponent(character);

/** HTTP removes spaces around a value. */
function encodeOuterSpaces(characters: string[]): string[] {
  for (let at = 0; characters[at] === ' '; at += 1) characters[at] = '%20';
  for (let at = characters.length - 1; characters[at] === ' '; at -= 1) characters[at] = '%20';
  return characters;
}
