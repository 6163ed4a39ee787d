import zlib from 'node:zlib';
import { createGate } from '../async/gate.ts';
import { GatewayError } from '../errors.ts';
import { pieces } from './pieces.ts';

/** Content codings in which a request body is read. Most clients send none; agents and telemetry proxies pack long histories. */
export const readEncodings = 'gzip, deflate, br, zstd';

/** More than two would only be there to make small bytes large. */
const MOST_ENCODINGS = 2;

/**
 * A request body as it was before it was packed, at most so many bytes: more are refused with `too_large` while it is unpacked.
 * Throws `unsupported_media_type` for an encoding that is not known, `invalid_request` for bytes that are not packed as they say.
 * Fails with the signal's reason where that is aborted while other large bodies are unpacked.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-content-encoding
 */
export async function unpackBody(
  packed: Uint8Array,
  encoding: string | undefined,
  mostBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const decoders = decodersOf(encoding);
  if (decoders.length === 0) {
    if (packed.byteLength > mostBytes) throw tooLarge(mostBytes);
    return packed;
  }
  const small = Math.min(SMALL_BYTES, mostBytes);
  const bytes =
    (await unpacked({ packed, decoders, mostBytes: small, signal })) ??
    (await oneByOne.pass(() => unpacked({ packed, decoders, mostBytes, signal }), signal));
  if (!bytes) throw tooLarge(mostBytes, ' once it is unpacked');
  return bytes;
}

/**
 * Bodies that are no larger are unpacked as they come. Of larger ones there is one at a time in a process: 300 bytes can hold any
 * number of them, and fifty such bodies at once took gigabytes. What came out of one before it proved large is dropped and not
 * kept while it waits.
 */
const SMALL_BYTES = 256 * 1024;
const oneByOne = createGate(1);

/** Brotli's decoder fills its window, up to 16 MB, before it gives its first byte: small bodies of it wait for one another too. */
const brotli = createGate(1);

interface Unpacking {
  packed: Uint8Array;
  decoders: readonly Decoder[];
  mostBytes: number;
  signal: AbortSignal | undefined;
}

/** The bytes with every encoding undone, or nothing where one of them gives more than so many. */
async function unpacked({ packed, decoders, mostBytes, signal }: Unpacking): Promise<Uint8Array | undefined> {
  let bytes: Uint8Array | undefined = packed;
  for (const decoder of decoders) {
    const from: Uint8Array = bytes;
    const decode = (): Promise<Buffer | undefined> => decoded(from, decoder, mostBytes);
    bytes = await (decoder.hasWideWindow ? brotli.pass(decode, signal) : decode());
    if (!bytes) return undefined;
  }
  return bytes;
}

function decoded(packed: Uint8Array, { name, open }: Decoder, mostBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const stream = open(packed, { chunkSize: mostBytes > SMALL_BYTES ? LARGE_CHUNK : zlib.constants.Z_DEFAULT_CHUNK });
    const held = pieces();
    stream.on('data', (piece: Buffer) => {
      held.add(piece);
      if (held.length() <= mostBytes) return;
      held.clear();
      stream.destroy();
      resolve(undefined);
    });
    stream.on('end', () => {
      // The decoder of gzip looks at what follows the end, where a further member or zeros may stand; the others do not.
      const isWhole = stream instanceof zlib.Gunzip || stream.bytesWritten === packed.byteLength;
      if (isWhole) resolve(held.joined());
      else reject(broken(name));
    });
    stream.on('error', (cause) => reject(isTooWide(cause) ? tooWide(name) : broken(name)));
    stream.end(packed);
  });
}

/** Each chunk is a task of its own in another thread. */
const LARGE_CHUNK = 128 * 1024;

/** Headers of the answer to a body that could not be read for its encoding; none for other refusals. */
export const encodingHeaders = ({ code }: GatewayError): Record<string, string> =>
  code === UNSUPPORTED ? { 'accept-encoding': readEncodings } : {};

const UNSUPPORTED = 'unsupported_content_encoding';

type Decoding = zlib.Gunzip | zlib.Inflate | zlib.InflateRaw | zlib.BrotliDecompress | zlib.ZstdDecompress;

type Open = (packed: Uint8Array, options: { chunkSize: number }) => Decoding;

interface Decoder {
  name: string;
  open: Open;
  hasWideWindow: boolean;
}

/** The decoders of a body in the order in which they are needed: encodings are listed in the order they were applied. */
function decodersOf(encoding = ''): Decoder[] {
  const names = encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MOST_ENCODINGS) throw unsupported(`${names.length} encodings`);
  return names.reverse().map((name) => {
    const open = opens.get(name);
    if (!open) throw unsupported(`'${name.slice(0, 100)}'`);
    return { name, open, hasWideWindow: name === 'br' };
  });
}

/** Frames may ask for a window of 128 MB; in HTTP 8 MB are the most. @see https://www.rfc-editor.org/rfc/rfc9659 */
const zstdParams = { [zlib.constants.ZSTD_d_windowLogMax]: 23 };

const opens: ReadonlyMap<string, Open> = new Map<string, Open>([
  ['gzip', (_, options) => zlib.createGunzip(options)],
  ['x-gzip', (_, options) => zlib.createGunzip(options)],
  // Some clients leave the two bytes of zlib's header out.
  [
    'deflate',
    (packed, options) => (hasZlibHeader(packed) ? zlib.createInflate(options) : zlib.createInflateRaw(options)),
  ],
  ['br', (_, options) => zlib.createBrotliDecompress(options)],
  ['zstd', (_, options) => zlib.createZstdDecompress({ ...options, params: zstdParams })],
]);

const hasZlibHeader = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;

const isTooWide = (cause: unknown): boolean =>
  (cause as NodeJS.ErrnoException).code === 'ZSTD_error_frameParameter_windowTooLarge';

const tooLarge = (mostBytes: number, when = ''): GatewayError =>
  new GatewayError('too_large', `The request body is larger than ${mostBytes} bytes${when}.`);

const broken = (name: string): GatewayError =>
  new GatewayError('invalid_request', `The request body is not packed with ${name}, as its content-encoding says.`);

const tooWide = (name: string): GatewayError =>
  new GatewayError(
    'invalid_request',
    `The request body is packed with ${name} in a window of more than 8 MB, the most that HTTP allows.`,
  );

const unsupported = (what: string): GatewayError =>
  new GatewayError('unsupported_media_type', `Unsupported content encoding: ${what}; send one of ${readEncodings}.`, {
    code: UNSUPPORTED,
  });
