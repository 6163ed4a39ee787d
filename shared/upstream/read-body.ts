import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { turn } from '../async/time.ts';
import { GatewayError } from '../errors.ts';

/**
 * A body, decoded where it came compressed all the same; a break in it is the provider's failure. It is unpacked piece by piece,
 * as it is read, so that its reader's bounds count unpacked bytes. `ended` is why the gateway ended the call itself.
 */
export async function* readBody(
  response: IncomingMessage,
  ended: () => GatewayError | undefined,
): AsyncGenerator<Uint8Array> {
  const decoder = decoders.get(String(response.headers['content-encoding'] ?? '').toLowerCase());
  // The callback takes what `for await` throws as well: pipeline wants one.
  const source = decoder ? pipeline(response, decoder(), () => {}) : response;
  try {
    let bytes = 0;
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      yield chunk;
      bytes += chunk.byteLength;
      if (bytes < BYTES_OF_A_TURN) continue;
      bytes = 0;
      await turn();
    }
  } catch (cause) {
    throw ended() ?? new GatewayError('upstream', 'The connection to the provider broke off.', { cause });
  }
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
