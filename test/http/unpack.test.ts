import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { GatewayError } from '../../shared/errors.ts';
import { unpackBody } from '../../shared/http/unpack.ts';

const plain = Buffer.from(JSON.stringify({ model: 'm', text: 'ja '.repeat(1_000) }));
const unpacked = (packed: Uint8Array, encoding: string | undefined, most = 10_000) =>
  unpackBody(packed, encoding, most).then(
    (bytes) => Buffer.from(bytes).toString(),
    (error: GatewayError) => ({ kind: error.kind, message: error.message, code: error.code }),
  );

const packers: [string, (bytes: Buffer) => Buffer][] = [
  ['gzip', (bytes) => zlib.gzipSync(bytes)],
  ['X-GZip', (bytes) => zlib.gzipSync(bytes)],
  ['deflate', (bytes) => zlib.deflateSync(bytes)],
  ['deflate', (bytes) => zlib.deflateRawSync(bytes)],
  ['br', (bytes) => zlib.brotliCompressSync(bytes)],
  ['zstd', (bytes) => zlib.zstdCompressSync(bytes)],
];

describe.each(packers)('a body packed with %s', (encoding, pack) => {
  test('is read', async () => {
    expect(await unpacked(pack(plain), encoding)).toBe(plain.toString());
  });

  test('is refused with 413 where more comes out of it than may, and only then', async () => {
    expect(await unpacked(pack(plain), encoding, plain.length)).toBe(plain.toString());
    expect(await unpacked(pack(plain), encoding, plain.length - 1)).toMatchObject({
      kind: 'too_large',
      message: `The request body is larger than ${plain.length - 1} bytes once it is unpacked.`,
    });
  });

  test.each([
    ['cut off', (packed: Buffer) => packed.subarray(0, packed.length - 10)],
    ['empty', () => Buffer.alloc(0)],
    ['other bytes', () => Buffer.from('{"model":"m"}')],
  ])('that is %s is refused with 400', async (_, spoil) => {
    expect(await unpacked(spoil(pack(plain)), encoding)).toMatchObject({ kind: 'invalid_request' });
  });

  test('that is large is read, and refused where it is cut off or too large', async () => {
    const large = Buffer.from(JSON.stringify({ model: 'm', text: 'ja '.repeat(1_000_000) }));
    const packed = pack(large);
    expect((await unpacked(packed, encoding, large.length)) === large.toString()).toBe(true);
    expect(await unpacked(packed, encoding, large.length - 1)).toMatchObject({ kind: 'too_large' });
    expect(await unpacked(packed.subarray(0, -10), encoding, large.length)).toMatchObject({ kind: 'invalid_request' });
  });

  test.each([
    ['other bytes', Buffer.from('and more')],
    ['a byte', Buffer.from('x')],
  ])('is refused with 400 where %s follow', async (_, more) => {
    expect(await unpacked(Buffer.concat([pack(plain), more]), encoding)).toMatchObject({ kind: 'invalid_request' });
  });
});

test.each(packers.slice(2))(
  'a body packed with %s is refused with 400 where a second one follows',
  async (encoding, pack) => {
    const two = Buffer.concat([pack(plain), pack(plain)]);
    expect(await unpacked(two, encoding)).toMatchObject({ kind: 'invalid_request' });
  },
);

test('a body packed with gzip may have several members, and zeros behind them', async () => {
  const two = Buffer.concat([zlib.gzipSync(plain), zlib.gzipSync(plain)]);
  expect(await unpacked(two, 'gzip')).toBe(`${plain}${plain}`);
  const padded = Buffer.concat([zlib.gzipSync(plain), Buffer.alloc(10)]);
  expect(await unpacked(padded, 'gzip')).toBe(plain.toString());
});

test('large bodies are unpacked one at a time, small ones meanwhile', async () => {
  const bombs = Array.from({ length: 20 }, () => zlib.gzipSync(Buffer.alloc(5_000_000)));
  const ended: string[] = [];
  const all = bombs.map(async (bomb) => {
    await unpacked(bomb, 'gzip', 4_000_000);
    ended.push('large');
  });
  await unpacked(zlib.gzipSync(plain), 'gzip');
  ended.push('small');
  await Promise.all(all);
  expect(ended.indexOf('small')).toBeLessThan(3);
});

test('a body whose caller gives up while others are unpacked is not unpacked', async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(5_000_000));
  const before = Promise.all(Array.from({ length: 5 }, () => unpacked(bomb, 'gzip', 4_000_000)));
  const controller = new AbortController();
  const given = unpackBody(bomb, 'gzip', 4_000_000, controller.signal);
  controller.abort(new Error('left'));
  await expect(given).rejects.toThrow('left');
  await before;
});

test.each([undefined, '', 'identity', ' Identity '])(
  'a body with the encoding %j is read as it is',
  async (encoding) => {
    expect(await unpacked(plain, encoding)).toBe(plain.toString());
    expect(await unpacked(plain, encoding, plain.length - 1)).toMatchObject({ kind: 'too_large' });
  },
);

test('two encodings are undone from the last to the first, each within the bound', async () => {
  const twice = zlib.brotliCompressSync(zlib.gzipSync(plain));
  expect(await unpacked(twice, 'gzip, br')).toBe(plain.toString());
  expect(await unpacked(twice, 'br, gzip')).toMatchObject({ kind: 'invalid_request' });
  const bomb = zlib.gzipSync(zlib.gzipSync(Buffer.alloc(5_000_000)));
  expect(await unpacked(bomb, 'gzip, gzip')).toMatchObject({ kind: 'too_large' });
});

test.each(['compress', 'gzip, br, gzip', 'constructor', 'gzip;q=1'])('%s is refused with 415', async (encoding) => {
  expect(await unpacked(zlib.gzipSync(plain), encoding)).toMatchObject({
    kind: 'unsupported_media_type',
    code: 'unsupported_content_encoding',
    message: expect.stringContaining('gzip, deflate, br, zstd'),
  });
});

test('a zstd frame that asks for more memory than HTTP allows is refused', async () => {
  const wide = zlib.zstdCompressSync(Buffer.alloc(64_000_000, 'ab'), {
    params: { [zlib.constants.ZSTD_c_windowLog]: 27, [zlib.constants.ZSTD_c_contentSizeFlag]: 0 },
  });
  expect(await unpacked(wide, 'zstd', 100_000_000)).toMatchObject({
    kind: 'invalid_request',
    message: 'The request body is packed with zstd in a window of more than 8 MB, the most that HTTP allows.',
  });
});
