import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemTime } from '../../shared/async/time.ts';
import { createMediaBudget } from '../../shared/media/budget.ts';
import { createFetchMedia, type MediaGuard } from '../../shared/media/fetch.ts';
import { createImages } from '../../shared/media/load-image.ts';

let server: http.Server;
let host = '';
const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(50_000)]);
let asked = 0;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked += 1;
    if (request.url === '/switch') {
      response.socket!.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
      return;
    }
    if (request.url === '/closed') return void response.socket!.end();
    if (request.url === '/drip') {
      const timer = setInterval(() => response.write('x'), 10);
      return void response.on('close', () => clearInterval(timer));
    }
    response.setHeader('content-type', 'image/png').end(png);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const { signal } = new AbortController();
const open = (extra: Partial<MediaGuard> = {}) =>
  createFetchMedia({ trustedHosts: [host], maxBytes: 1_000_000, timeoutMs: 300, ...extra }, systemTime);
const budgetOf = (extra: { totalBytes?: number; totalMs?: number } = {}) =>
  createMediaBudget({ totalBytes: 1_000_000, totalMs: 1_000, ...extra }, systemTime);

describe('what is fetched for one request', () => {
  test('has a bound on its bytes together, which is counted while they come', async () => {
    const budget = budgetOf({ totalBytes: 120_000 });
    const fetchMedia = open();
    const url = (name: number): string => `http://${host}/${name}`;
    await fetchMedia(url(1), signal, { budget });
    await fetchMedia(url(2), signal, { budget });
    await expect(fetchMedia(url(3), signal, { budget })).rejects.toMatchObject({
      kind: 'invalid_request',
      code: 'too_much_media',
      message: expect.stringContaining('`media.totalBytes`'),
    });
    expect((await fetchMedia(url(3), signal, { budget: budgetOf() })).bytes).toBe(png.length);
  });

  test('has a bound on its time together, which ends the last fetch and begins no other', async () => {
    const budget = budgetOf({ totalMs: 150 });
    const fetchMedia = open({ timeoutMs: 100 });
    const drip = `http://${host}/drip`;
    await expect(fetchMedia(drip, signal, { budget })).rejects.toMatchObject({ code: 'invalid_image_url' });
    await expect(fetchMedia(drip, signal, { budget })).rejects.toThrow('`media.totalMs`');
    const before = asked;
    await expect(fetchMedia(drip, signal, { budget })).rejects.toThrow('`media.totalMs`');
    expect(asked).toBe(before);
  });

  test('an image that two requests ask for counts for both, and the limit of one is not that of the other', async () => {
    const images = createImages({ fetchMedia: open(), urlSeconds: 0, time: systemTime });
    const image = { type: 'image', source: { type: 'url', url: `http://${host}/shared` } } as const;
    const small = budgetOf({ totalBytes: 10 });
    const large = budgetOf();
    const [first, second] = await Promise.allSettled([
      images.load(image, signal, small),
      images.load(image, signal, large),
    ]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'too_much_media' } });
    expect(second).toMatchObject({ status: 'fulfilled', value: { bytes: png.length } });
    const exact = budgetOf({ totalBytes: png.length });
    await Promise.all([images.load(image, signal, budgetOf()), images.load(image, signal, exact)]);
    expect(() => exact.take(1)).toThrow();
  });
});

describe('a host of images', () => {
  test.each(['/switch', '/closed'])(
    'that ends the request in another way than with an answer is refused: %s',
    async (path) => {
      const started = Date.now();
      await expect(open({ timeoutMs: 5_000 })(`http://${host}${path}`, signal)).rejects.toMatchObject({
        kind: 'invalid_request',
      });
      expect(Date.now() - started).toBeLessThan(2_000);
    },
  );

  test('whose name is never resolved is given up in time', async () => {
    const fetchMedia = open({ resolve: () => new Promise(() => {}) });
    await expect(fetchMedia('https://never.example/a.png', signal)).rejects.toThrow(/too long/);
  });
});
