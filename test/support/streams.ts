import type { Stream } from '../../shared/http/message.ts';

/** A stream of these pieces, which fails in the place of an error; it knows whether it was ended early. */
export function streamOf<Piece>(pieces: readonly (Piece | Error)[]): Stream<Piece> & { wasEnded(): boolean } {
  let at = 0;
  let ended = false;
  const stream = {
    async next(): Promise<IteratorResult<Piece, unknown>> {
      const piece = pieces[at];
      at += 1;
      if (piece instanceof Error) throw piece;
      return piece === undefined ? { done: true, value: undefined } : { done: false, value: piece };
    },
    async return(): Promise<IteratorResult<Piece, unknown>> {
      ended = true;
      at = pieces.length;
      return { done: true, value: undefined };
    },
    wasEnded: () => ended,
    [Symbol.asyncIterator]: () => stream,
  };
  return stream;
}

/** All pieces of a stream. */
export async function piecesOf<Piece>(stream: AsyncIterable<Piece>): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}
