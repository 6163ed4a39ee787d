/** A text in another form, each of its characters with the place in the original text that it was read from. */
export interface View {
  text: string;
  /** For each character: where it begins in the original. */
  from: readonly number[];
  /** For each character: where it ends there, exclusive. */
  to: readonly number[];
}

/** Ends a run of digits: no key has it. */
const BREAK = '\u0000';

/** A text as it is, and in every form in which a provider may write what it was sent. One pass each, whatever it holds. */
export function viewsOf(text: string): View[] {
  const plain = plainView(text);
  return [plain, reversedView(plain), ...base64Views(text), ...hexViews(text)];
}

/** Only ASCII is changed, so that places in both texts are the same. */
export const lowered = (text: string): string => text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());

export function plainView(text: string): View {
  const from = Array.from({ length: text.length }, (_, at) => at);
  return { text: lowered(text), from, to: from.map((at) => at + 1) };
}

export const reversedView = ({ text, from, to }: View): View => ({
  text: text.split('').reverse().join(''),
  from: from.toReversed(),
  to: to.toReversed(),
});

/** A digit of base64 or hexadecimal; without a value, what ends a run of them. */
interface Digit {
  value?: number | undefined;
  at: number;
}

/** Both alphabets, with or without padding; lines may be wrapped. Four views, since it may begin within other digits. */
function base64Views(text: string): View[] {
  const digits: Digit[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const value = sextets.get(text[at]!);
    if (value !== undefined || !/\s/.test(text[at]!)) digits.push({ value, at });
  }
  return [0, 1, 2, 3].map((skipped) => decoded(digits, 6, skipped));
}

const sextets: ReadonlyMap<string, number> = new Map([
  ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map(
    (digit, value) => [digit, value] as const,
  ),
  ['-', 62],
  ['_', 63],
]);

/** Also as `7a:71`, `7a 71`, `0x7a, 0x71`, `\x7a\x71`, `\u007a\u0071` and `%7a%71`. Two views: it may begin within a run. */
function hexViews(text: string): View[] {
  const digits: Digit[] = [];
  for (const { 0: found, index: at } of text.matchAll(/0x|\\x|\\u00|[0-9a-f]|[^\s:,.%_0-9a-f-]/gi)) {
    if (found.length > 1) continue;
    const value = Number.parseInt(found, 16);
    if (value >= 0) digits.push({ value, at });
    else digits.push({ at });
  }
  return [0, 1].map((skipped) => decoded(digits, 4, skipped));
}

/** The bytes that runs of digits stand for, without the first digits of each run. */
function decoded(digits: readonly Digit[], bits: number, skipped: number): View {
  const characters: string[] = [];
  const from: number[] = [];
  const to: number[] = [];
  let [inRun, held, heldBits, begin] = [0, 0, 0, 0];
  for (const { value, at } of digits) {
    if (value === undefined) {
      characters.push(BREAK);
      from.push(at);
      to.push(at);
      [inRun, held, heldBits] = [0, 0, 0];
      continue;
    }
    inRun += 1;
    if (inRun <= skipped) continue;
    if (heldBits === 0) begin = at;
    held = (held << bits) | value;
    heldBits += bits;
    if (heldBits < 8) continue;
    heldBits -= 8;
    characters.push(String.fromCharCode(held >> heldBits));
    from.push(begin);
    to.push(at + 1);
    held &= (1 << heldBits) - 1;
    begin = at;
  }
  return { text: lowered(characters.join('')), from, to };
}
