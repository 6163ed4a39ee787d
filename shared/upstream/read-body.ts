import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { turn } from '../async/time.ts';
import { GatewayError } from '../errors.ts';
import { pieces, tooManySmall, tooMuchFraming } from '../http/pieces.ts';

/** The body of a provider's answer, to be read once, piece by piece or whole. A break in it is the provider's failure. */
export interface Body extends AsyncIterable<Uint8Array> {
  /**
   * All pieces, or those up to the one that ends beyond so many bytes, after which no more is read. Costs half of a loop over them;
   * absent where only a loop bounds what is in memory.
   */
  pieces?(mostBytes: number): Promise<Uint8Array[]>;
}

/**
 * A body, decoded where it came compressed all the same: it is unpacked piece by piece, as it is read, so that its reader's bounds
 * count unpacked bytes. `ended` is why the gateway ended the call itself; `broken` is called where reading fails.
 */
export function readBody(response: IncomingMessage, ended: () => GatewayError | undefined, broken?: () => void): Body {
  const decoder = decoders.get(String(response.headers['content-encoding'] ?? '').toLowerCase());
  const failure = (cause?: unknown): GatewayError => {
    broken?.();
    if (cause instanceof GatewayError) return ended() ?? cause;
    return ended() ?? new GatewayError('upstream', 'The connection to the provider broke off.', { cause });
  };
  if (decoder) {
    boundPieces(response);
    // The callback takes what the loop throws as well: pipeline wants one.
    const unpacked = pipeline(response, decoder(), () => {});
    return readEach(unpacked, { failure, ended, costOf: (bytes) => bytes });
  }
  return {
    [Symbol.asyncIterator]: () => readEach(response, { failure, ended, costOf: wireBytes(response) }),
    pieces: (mostBytes) => readPieces(response, mostBytes, failure),
  };
}

type Failure = (cause?: unknown) => GatewayError;

interface Reading {
  failure: Failure;
  ended: () => GatewayError | undefined;
  /** Bytes on the wire for so many of the body; throws where these are far more. */
  costOf: (bytes: number) => number;
}

async function* readEach(
  source: AsyncIterable<Uint8Array>,
  { failure, ended, costOf }: Reading,
): AsyncGenerator<Uint8Array> {
  try {
    let cost = 0;
    for await (const chunk of source) {
      yield chunk;
      // While its reader was away.
      if (ended()) throw ended();
      cost += costOf(chunk.byteLength);
      if (cost < BYTES_OF_A_TURN) continue;
      cost = 0;
      await turn();
    }
  } catch (cause) {
    throw failure(cause);
  }
}

/** A loop gets the pieces that wait as one: how many they were is seen by what they took on the wire. */
function wireBytes(response: IncomingMessage): (bytes: number) => number {
  const { socket } = response;
  if (!socket) return (bytes) => bytes;
  const before = socket.bytesRead;
  let seen = before;
  let read = 0;
  return (bytes) => {
    read += bytes;
    const now = socket.bytesRead;
    const cost = Math.max(bytes, now - seen);
    seen = now;
    if (tooMuchFraming(now - before, read + response.readableLength)) throw tooManyPieces();
    return cost;
  };
}

const tooManyPieces = (): GatewayError =>
  new GatewayError('upstream', 'The provider sent its answer in too many pieces of a few bytes each.');

function boundPieces(response: IncomingMessage): void {
  let count = 0;
  let bytes = 0;
  response.on('data', (piece: Uint8Array) => {
    count += 1;
    bytes += piece.byteLength;
    if (tooManySmall(count, bytes)) response.destroy(tooManyPieces());
  });
}

function readPieces(response: IncomingMessage, mostBytes: number, failure: Failure): Promise<Uint8Array[]> {
  return new Promise((resolve, reject) => {
    const held = pieces();
    let count = 0;
    const fail = (cause?: unknown): void => reject(failure(cause));
    if (response.destroyed) return fail(response.errored);
    response.on('data', (piece: Buffer) => {
      held.add(piece);
      count += 1;
      if (held.length() > mostBytes) {
        resolve(held.parts());
        response.destroy();
      } else if (tooManySmall(count, held.length())) {
        held.clear();
        response.destroy(tooManyPieces());
      }
    });
    response.on('end', () => resolve(held.parts()));
    response.on('error', fail);
    // Most often it has ended: then an error made here would be made for nothing.
    response.on('close', () => {
      if (!response.readableEnded) fail();
    });
  });
}

/**
 * A socket that is full is read up to 32 times in a row before the event loop gets to anything else: 2 MB of small events would keep
 * everybody waiting for half a second. While this waits, the socket is paused.
 */
const BYTES_OF_A_TURN = 64 * 1024;

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
const whatIsThere = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };

/** No plain object: a provider may name `constructor` as its encoding. */
const decoders: ReadonlyMap<string, () => zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress> = new Map([
  ['gzip', () => zlib.createGunzip(whatIsThere)],
  ['deflate', () => zlib.createInflate(whatIsThere)],
  ['br', () => zlib.createBrotliDecompress({ flush: BROTLI_OPERATION_FLUSH })],
] as const);
