/** Pieces below are joined a thousand at a time: a piece of one byte takes a hundred times its length in memory. */
const SMALL_PIECES = 1_024;

/**
 * Each piece costs a microsecond and hundreds of bytes, whatever is in it: a body of so many small ones is an attack. To pause it in
 * between would not help: Node reads on until 64 KB wait, and of small pieces these are the most.
 */
const MOST_SMALL = 50_000;
const SMALL_BYTES = 32;

export const tooManySmall = (pieces: number, bytes: number): boolean =>
  pieces > MOST_SMALL && bytes < pieces * SMALL_BYTES;

/** What an HTTP/1.1 chunk of 16 to 255 bytes takes besides: its length, and two line ends. */
const FRAMING_BYTES = 6;

/** The same where only the bytes on the wire are known, and those of the body in them. */
export const tooMuchFraming = (wire: number, bytes: number): boolean =>
  tooManySmall((wire - bytes) / FRAMING_BYTES, bytes);

/** Bytes that arrive in pieces, of any size and number, and are needed as a whole. */
export interface Pieces {
  add(piece: Buffer): void;
  length(): number;
  /** All bytes in order, each large piece as it came. */
  parts(): Buffer[];
  /** All bytes as one, which stay here as the first piece. */
  joined(): Buffer;
  clear(): void;
}

export function pieces(): Pieces {
  let blocks: Buffer[] = [];
  let small: Buffer[] = [];
  let length = 0;

  function joined(): Buffer {
    const [only] = blocks;
    if (only && blocks.length === 1 && small.length === 0) return only;
    const all = small.length === 1 && blocks.length === 0 ? small[0]! : Buffer.concat([...blocks, ...small], length);
    blocks = [all];
    small = [];
    return all;
  }

  return {
    add(piece) {
      length += piece.length;
      small.push(piece);
      if (small.length < SMALL_PIECES) return;
      blocks.push(Buffer.concat(small));
      small = [];
    },
    length: () => length,
    parts: () => [...blocks, ...small],
    joined,
    clear() {
      blocks = [];
      small = [];
      length = 0;
    },
  };
}
