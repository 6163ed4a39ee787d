import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ImagePart, MediaSource } from '../../shared/chat/request.ts';
import type { FetchMedia } from '../../shared/media/fetch.ts';
import { createImages } from '../../shared/media/load-image.ts';
import { createFakeTime } from '../support/fake-time.ts';

const png = (body = ''): Buffer => Buffer.from(`\x89PNG\r\n\x1a\n${body}`, 'latin1');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const part = (source: MediaSource): ImagePart => ({ type: 'image', source });
const data = (bytes: Buffer, mediaType = 'image/png') =>
  part({ type: 'data', mediaType, data: bytes.toString('base64') });
const url = part({ type: 'url', url: 'https://a.example/x' });
const { signal } = new AbortController();

function open() {
  const time = createFakeTime({ now: 1_000_000 });
  const server = { bytes: png('one'), fetches: 0, etags: [] as (string | undefined)[] };
  const fetchMedia: FetchMedia = async (_, __, { etag } = {}) => {
    server.fetches += 1;
    server.etags.push(etag);
    const current = sha256(server.bytes);
    const notModified = etag === current;
    const bytes = notModified ? Buffer.alloc(0) : server.bytes;
    const digest = sha256(bytes);
    return {
      bytes: bytes.length,
      data: bytes.toString('base64'),
      digest,
      contentType: 'image/png',
      etag: current,
      notModified,
    };
  };
  return { images: createImages({ fetchMedia, urlSeconds: 300, time }), time, server };
}

test('an image of bytes is what its bytes say, with their digest', async () => {
  const { images } = open();
  expect(await images.load(data(png(), 'image/jpeg'), signal)).toEqual({
    source: { type: 'data', mediaType: 'image/png', data: png().toString('base64') },
    digest: sha256(png()),
    bytes: png().length,
  });
});

test.each<[string, ImagePart, RegExp]>([
  ['no bytes', data(Buffer.alloc(0)), /no bytes/],
  ['a PDF', data(Buffer.from('%PDF-1.7')), /application\/pdf/],
  ['an id', part({ type: 'id', id: 'file-1' } as MediaSource), /cannot be looked up/],
])('%s is no image', async (_, image, message) => {
  await expect(open().images.load(image, signal)).rejects.toMatchObject({
    kind: 'invalid_request',
    code: 'invalid_image',
    message: expect.stringMatching(message),
  });
});

test('an address is fetched once by all who ask at the same time, then known without being fetched', async () => {
  const { images, server } = open();
  await Promise.all([images.load(url, signal), images.load(url, signal)]);
  expect(await images.recognize(url, signal)).toBe(sha256(png('one')));
  expect(server.fetches).toBe(1);
});

test('an address that was never fetched, and bytes, are not recognized', async () => {
  const { images, server } = open();
  expect(await images.recognize(url, signal)).toBeUndefined();
  expect(await images.recognize(data(png()), signal)).toBeUndefined();
  expect(server.fetches).toBe(0);
});

test('after its time its server is asked whether it has changed', async () => {
  const { images, server, time } = open();
  await images.load(url, signal);
  await time.advance(300_000);
  expect(await images.recognize(url, signal)).toBe(sha256(png('one')));
  expect(server.etags).toEqual([undefined, sha256(png('one'))]);
  expect(await images.recognize(url, signal)).toBe(sha256(png('one')));
  expect(server.fetches).toBe(2);
  server.bytes = png('two');
  await time.advance(300_000);
  expect(await images.recognize(url, signal)).toBe(sha256(png('two')));
});
