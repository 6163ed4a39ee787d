/** Pieces below are joined a thousand at a time: a piece of one byte takes a hundred times its length in memory. */
const SMALL_PIECES = 1_024;

/** Bytes that arrive in pieces, of any size and number, and are needed as a whole. */
export interface Pieces {
  add(piece: Buffer): void;
  length(): number;
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
    joined,
    clear() {
      blocks = [];
      small = [];
      length = 0;
    },
  };
}
