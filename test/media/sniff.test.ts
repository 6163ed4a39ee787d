import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalSource, imageSource, sniffMediaType } from '../../shared/media/sniff.ts';

describe('the true type of media', () => {
  const base64 = (bytes: string) => Buffer.from(bytes, 'latin1').toString('base64');
  const types: [string, string][] = [
    ['\x89PNG\r\n\x1a\n', 'image/png'],
    ['\xff\xd8\xff\xe0', 'image/jpeg'],
    ['GIF89a', 'image/gif'],
    ['RIFF\0\0\0\0WEBPVP8 ', 'image/webp'],
    ['%PDF-1.7', 'application/pdf'],
    ['\0\0\0\x18ftypheic', 'image/heic'],
    ['\0\0\0\x18ftypavif', 'image/avif'],
    ['BM\x36\0', 'image/bmp'],
    ['II*\0', 'image/tiff'],
    ['<?xml version="1.0"?><svg/>', 'image/svg+xml'],
  ];

  test('#61 is read from the first bytes, whatever the caller says', () => {
    for (const [bytes, type] of types) {
      expect(sniffMediaType(base64(bytes))).toBe(type);
      expect(canonicalSource({ type: 'data', mediaType: 'image/png', data: base64(bytes) })).toMatchObject({
        mediaType: type,
      });
    }
    expect(sniffMediaType(base64('hello'))).toBeUndefined();
  });

  test.each([
    ['%41%42%43%44', 'ABCD'],
    ['%2b%2F%3D', '+/=='],
    ['AB%4', 'AB%4'],
    ['A%zzB', 'A%zzB==='],
    [' A\tB\r\nC\u000bD ', 'ABCD'],
    ['A-_B', 'A+/B'],
    ['QQ', 'QQ'],
    ['Q-', 'Q+=='],
  ])('base64 written as %j is %j', (written, plain) => {
    expect(canonicalSource({ type: 'data', mediaType: 'image/png', data: written })).toMatchObject({ data: plain });
  });

  test('#61 data URLs of any form become plain base64', () => {
    const data = base64('\xff\xd8\xff\xfb\xef\xbe');
    const odd = data.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    for (const url of [
      `data:image/jpg;base64,${data}`,
      `data:image/png;name=a b.png;base64,${odd}`,
      `data:image/jpeg,${data.slice(0, 4)}\n ${data.slice(4)}`,
      `DATA:;base64,${encodeURIComponent(data)}`,
    ]) {
      expect(canonicalSource({ type: 'url', url })).toEqual({ type: 'data', mediaType: 'image/jpeg', data });
    }
    expect(canonicalSource({ type: 'data', mediaType: 'Image/JPG; q=1', data: 'AAAA' })).toMatchObject({
      mediaType: 'image/jpeg',
    });
    expect(canonicalSource({ type: 'url', url: 'https://a.example/x' })).toEqual({
      type: 'url',
      url: 'https://a.example/x',
    });
  });

  test('#61 a type that is not taken is refused by its place', () => {
    expect(() =>
      imageSource({ type: 'data', mediaType: 'image/png', data: base64('BM66') }, 'messages[0].content[1]'),
    ).toThrow(
      expect.objectContaining({
        kind: 'invalid_request',
        param: 'messages[0].content[1]',
        message: expect.stringContaining('image/bmp'),
      }),
    );
  });

  test('any text for data is borne', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (mediaType, data) => {
        expect(canonicalSource({ type: 'data', mediaType, data }).type).toBe('data');
        expect(canonicalSource({ type: 'url', url: `data:${data}` }).type).toBe('data');
      }),
    );
  });

  test('padding of any length costs no more than other characters', () => {
    const data = `-${'='.repeat(100_000)}x`;
    const startedAt = performance.now();
    canonicalSource({ type: 'data', mediaType: 'image/png', data });
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
