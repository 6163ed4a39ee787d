import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { GatewayError } from '../errors.ts';

/**
 * A body, decoded where it came compressed all the same; a break in it is the provider's failure. It is unpacked piece by piece,
 * as it is read, so that its reader's bounds count unpacked bytes. `ended` is why the gateway ended the call itself.
 */
export async function* readBody(
  response: IncomingMessage,
  ended: () => GatewayError | undefined,
): AsyncGenerator<Uint8Array> {
  const decoder = decoders[String(response.headers['content-encoding'] ?? '').toLowerCase()];
  // The callback takes what `for await` throws as well: pipeline wants one.
  const source = decoder ? pipeline(response, decoder(), () => {}) : response;
  try {
    for await (const chunk of source) yield chunk as Uint8Array;
  } catch (cause) {
    throw ended() ?? new GatewayError('upstream', 'The connection to the provider broke off.', { cause });
  }
}

const decoders: Record<string, () => zlib.Gunzip | zlib.Inflate | zlib.BrotliDecompress> = {
  gzip: () => zlib.createGunzip({ flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  deflate: () => zlib.createInflate({ flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH }),
  br: () => zlib.createBrotliDecompress({ flush: zlib.constants.BROTLI_OPERATION_FLUSH }),
};
