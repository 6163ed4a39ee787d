/** Texts are encoded in blocks of about so many characters. */
const BLOCK = 64 * 1024;
/** Strings that are longer are written in several blocks. */
export const LONG_STRING = BLOCK;

/** Text that is written piece by piece and needed as bytes. */
export interface TextEncoding {
  add(text: string): void;
  /** Adds a string as JSON. */
  addString(text: string): void;
  bytes(): Uint8Array;
}

/**
 * Encodes block by block: a text of 12 MB with one character beyond Latin-1 takes 24 MB as a string, and as much again for each
 * text that it is put into, all of it at once with its bytes.
 */
export function textEncoding(): TextEncoding {
  const blocks: Buffer[] = [];
  let text = '';

  function flush(): void {
    if (text !== '') blocks.push(Buffer.from(text));
    text = '';
  }

  function add(more: string): void {
    if (more.length > BLOCK) {
      flush();
      blocks.push(Buffer.from(more));
      return;
    }
    text += more;
    if (text.length > BLOCK) flush();
  }

  function addString(string: string): void {
    if (string.length <= LONG_STRING) add(JSON.stringify(string));
    else addLong(string);
  }

  function addLong(string: string): void {
    add('"');
    for (let at = 0; at < string.length; ) {
      const end = blockEnd(string, at);
      add(JSON.stringify(string.slice(at, end)).slice(1, -1));
      at = end;
    }
    add('"');
  }

  return {
    add,
    addString,
    bytes() {
      flush();
      return blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks);
    },
  };
}

/** The two halves of a character are written together: each alone would become an escape. */
function blockEnd(text: string, start: number): number {
  const end = Math.min(start + BLOCK, text.length);
  return isHigh(text.charCodeAt(end - 1)) && isLow(text.charCodeAt(end)) ? end + 1 : end;
}

const isHigh = (code: number): boolean => (code & 0xfc00) === 0xd800;
const isLow = (code: number): boolean => (code & 0xfc00) === 0xdc00;
