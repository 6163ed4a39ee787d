const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const OPEN_BRACKET = 91;
const CLOSE_BRACE = 125;
const CLOSE_BRACKET = 93;

/** Values that deep can be parsed and written again without overflowing the stack; requests may not be deeper either. */
const MOST_LEVELS = 2000;

/**
 * Whether a JSON text is nested too deep to be parsed: 30 MB of `[` would take the parser ten seconds and 1.6 GB. Costs one pass
 * over texts that are long enough, up to the level that is too deep.
 */
export function isTooDeep(text: string, most = MOST_LEVELS): boolean {
  if (text.length <= most) return false;
  let level = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      level += 1;
      if (level > most) return true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) level -= 1;
  }
  return false;
}

/** Where the string ends that begins at a quote; the text's own end where it has none. */
export function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
