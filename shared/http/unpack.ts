import zlib from 'node:zlib';
import { GatewayError } from '../errors.ts';

/** Content codings in which a request body is read. Most clients send none; agents and telemetry proxies pack long histories. */
export const readEncodings = 'gzip, deflate, br, zstd';

/** More than two would only be there to make small bytes large. */
const MOST_ENCODINGS = 2;

interface Most {
  maxOutputLength: number;
}
type Unpack = (packed: Uint8Array, most: Most) => Promise<Buffer>;

/**
 * A request body as it was before it was packed, at most so many bytes: more are refused with `too_large` while it is unpacked.
 * Throws `unsupported_media_type` for an encoding that is not known, `invalid_request` for bytes that are not packed as they say.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-content-encoding
 */
export async function unpackBody(
  packed: Uint8Array,
  encoding: string | undefined,
  mostBytes: number,
): Promise<Uint8Array> {
  const names = namesIn(encoding);
  if (names.length > MOST_ENCODINGS) throw unsupported(`${names.length} encodings`);
  let bytes = packed;
  // They are listed in the order in which they were applied.
  for (const name of names.reverse()) {
    const unpack = unpackers.get(name);
    if (!unpack) throw unsupported(`'${name.slice(0, 100)}'`);
    bytes = await unpack(bytes, { maxOutputLength: mostBytes }).catch((cause) => {
      throw isTooLong(cause) ? tooLarge(mostBytes, ' once it is unpacked') : broken(name);
    });
  }
  if (bytes.byteLength > mostBytes) throw tooLarge(mostBytes);
  return bytes;
}

/** Headers of the answer to a body that could not be read for its encoding; none for other refusals. */
export const encodingHeaders = ({ code }: GatewayError): Record<string, string> =>
  code === UNSUPPORTED ? { 'accept-encoding': readEncodings } : {};

const UNSUPPORTED = 'unsupported_content_encoding';

const namesIn = (encoding = ''): string[] =>
  encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');

type Unpacked = (failure: Error | null, bytes: Buffer) => void;

function promised(unpack: (packed: Uint8Array, most: Most, done: Unpacked) => void): Unpack {
  return (packed, most) =>
    new Promise((resolve, reject) => {
      unpack(packed, most, (failure, bytes) => (failure ? reject(failure) : resolve(bytes)));
    });
}

const gunzip = promised(zlib.gunzip);
const inflate = promised(zlib.inflate);
const inflateRaw = promised(zlib.inflateRaw);

/** Frames may ask for a window of 128 MB; in HTTP 8 MB are the most. @see https://www.rfc-editor.org/rfc/rfc9659 */
const zstdParams = { [zlib.constants.ZSTD_d_windowLogMax]: 23 };

const unpackers: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  // Some clients leave the two bytes of zlib's header out.
  ['deflate', (packed, most) => (hasZlibHeader(packed) ? inflate : inflateRaw)(packed, most)],
  ['br', promised(zlib.brotliDecompress)],
  ['zstd', promised((packed, most, done) => zlib.zstdDecompress(packed, { ...most, params: zstdParams }, done))],
]);

const hasZlibHeader = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;

const isTooLong = (cause: unknown): boolean => (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';

const tooLarge = (mostBytes: number, when = ''): GatewayError =>
  new GatewayError('too_large', `The request body is larger than ${mostBytes} bytes${when}.`);

const broken = (name: string): GatewayError =>
  new GatewayError('invalid_request', `The request body is not packed with ${name}, as its content-encoding says.`);

const unsupported = (what: string): GatewayError =>
  new GatewayError('unsupported_media_type', `Unsupported content encoding: ${what}; send one of ${readEncodings}.`, {
    code: UNSUPPORTED,
  });
