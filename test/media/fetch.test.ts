import type { LookupAddress } from 'node:dns';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemTime } from '../../shared/async/time.ts';
import { createFetchMedia, type FetchMedia } from '../../shared/media/fetch.ts';

/** No caller can make the gateway knock where only the gateway can. */
let server: http.Server;
let host = '';
let knocks = 0;
let asked = 0;

const names: Record<string, LookupAddress[]> = {
  'inside.example': [{ address: '10.0.0.5', family: 4 }],
  'loop.example': [{ address: '127.0.0.1', family: 4 }],
  'mapped.example': [{ address: '::ffff:127.0.0.1', family: 6 }],
  'mixed.example': [
    { address: '93.184.216.34', family: 4 },
    { address: '169.254.169.254', family: 4 },
  ],
  'nat64.example': [{ address: '64:ff9b::7f00:1', family: 6 }],
};

beforeAll(async () => {
  server = http.createServer((request, response) => {
    knocks += 1;
    const url = request.url ?? '';
    if (url === '/image.png')
      return void response.setHeader('etag', '"v1"').setHeader('content-type', 'image/png').end('PNG bytes');
    if (url === '/away') return void response.writeHead(302, { location: '/image.png' }).end();
    if (url === '/inside')
      return void response.writeHead(302, { location: 'https://169.254.169.254/latest/meta-data' }).end();
    if (url === '/down') return void response.writeHead(302, { location: 'http://example.com/a.png' }).end();
    if (url === '/round') return void response.writeHead(302, { location: '/round' }).end();
    if (url === '/big') return void response.end('x'.repeat(5000));
    if (url === '/endless') {
      const timer = setInterval(() => response.write('x'.repeat(500)), 1);
      return void response.on('close', () => clearInterval(timer));
    }
    if (url === '/slow') return;
    if (url === '/empty') return void response.writeHead(200, { 'content-type': 'image/png' }).end();
    if (url === '/packed')
      return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('PNG bytes'));
    if (url === '/identity') {
      const encoding = request.headers['accept-encoding'] ?? 'none asked for';
      return void response.writeHead(200, { 'content-encoding': encoding }).end('PNG bytes');
    }
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const guarded = (trustedHosts: string[] = []): FetchMedia =>
  createFetchMedia(
    {
      trustedHosts,
      maxBytes: 2000,
      timeoutMs: 300,
      resolve: async (name) => {
        asked += 1;
        return names[name] ?? [];
      },
    },
    systemTime,
  );

const fetched = (url: string, trusted: string[] = []) => guarded(trusted)(url, new AbortController().signal);

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString();

describe('an address that a caller names', () => {
  test.each([
    ...[
      'https://127.0.0.1/',
      'https://127.1/',
      'https://0/',
      'https://0.0.0.0/',
      'https://2130706433/',
      'https://0x7f000001/',
      'https://0177.0.0.1/',
    ],
    ...[
      'https://127.0.0.1:443/',
      'https://[::1]/',
      'https://[::]/',
      'https://[::ffff:127.0.0.1]/',
      'https://[::ffff:7f00:1]/',
      'https://[0:0:0:0:0:0:0:1]/',
    ],
    ...[
      'https://10.0.0.1/',
      'https://172.16.5.4/',
      'https://192.168.0.1/',
      'https://100.64.1.1/',
      'https://169.254.169.254/latest',
      'https://0xa9fea9fe/',
    ],
    ...[
      'https://[fd00:ec2::254]/',
      'https://[fe80::1]/',
      'https://[fc00::1]/',
      'https://[64:ff9b::a9fe:a9fe]/',
      'https://[2002:7f00:1::]/',
      'https://224.0.0.1/',
    ],
    ...[
      'https://255.255.255.255/',
      'https://198.18.0.1/',
      'https://inside.example/',
      'https://loop.example/',
      'https://mapped.example/',
      'https://mixed.example/',
    ],
    ...[
      'https://nat64.example/',
      'https://unknown.example/',
      'http://93.184.216.34/',
      'file:///proc/self/environ',
      'gopher://example.com/',
      'ftp://example.com/a',
    ],
    ...[
      'https://93.184.216.34:8443/',
      'https://93.184.216.34:9001/',
      'https://user:pass@93.184.216.34/',
      'data:image/png;base64,AAAA',
      'not an address',
      'https://',
    ],
  ])('%s is refused before any connection', async (url) => {
    const before = knocks;
    await expect(fetched(url)).rejects.toMatchObject({
      kind: 'invalid_request',
      status: 400,
      code: 'invalid_image_url',
    });
    expect(knocks).toBe(before);
  });

  test('is asked for once: the connection goes to the address that was checked', async () => {
    const before = asked;
    let answers = 0;
    const rebinding = createFetchMedia(
      {
        trustedHosts: [],
        maxBytes: 2000,
        timeoutMs: 300,
        resolve: async () => {
          answers += 1;
          return [{ address: answers === 1 ? '10.0.0.9' : '93.184.216.34', family: 4 }];
        },
      },
      systemTime,
    );
    await expect(rebinding('https://rebind.example/a.png', new AbortController().signal)).rejects.toThrow(
      /open internet/,
    );
    expect(answers).toBe(1);
    expect(asked).toBe(before);
  });
});

describe('a host that the owner trusts', () => {
  test('is fetched, with its type and its tag', async () => {
    const { data, contentType, etag } = await fetched(`http://${host}/image.png`, [host]);
    expect([decoded(data), contentType, etag]).toEqual(['PNG bytes', 'image/png', '"v1"']);
    expect(decoded((await fetched(`http://${host}/away`, [host])).data)).toBe('PNG bytes');
  });

  test.each<[string, RegExp]>([
    ['/inside', /open internet/],
    ['/down', /only https/],
    ['/round', /redirects more than 3 times/],
    ['/big', /larger than 2000 bytes/],
    ['/endless', /larger than 2000 bytes/],
    ['/slow', /too long/],
    ['/nothing', /status 404/],
  ])('does not get further than it may: %s', async (path, message) => {
    await expect(fetched(`http://${host}${path}`, [host])).rejects.toThrow(message);
  });
});

test.each(['ws', 'wss', 'ftp'])('%s is no way to an image, to a trusted host neither', async (protocol) => {
  await expect(fetched(`${protocol}://127.0.0.1:1/a.png`, ['127.0.0.1:1'])).rejects.toMatchObject({
    kind: 'invalid_request',
    code: 'invalid_image_url',
  });
});

test.each([
  ['/empty', 'it has no bytes'],
  ['/packed', 'its host sends it packed, though that was not asked for'],
])('what would be no image where it is sent on is refused: %s', async (path, why) => {
  await expect(fetched(`http://${host}${path}`, [host])).rejects.toMatchObject({
    kind: 'invalid_request',
    code: 'invalid_image_url',
    message: `The image or file cannot be fetched: ${why}.`,
  });
});

test('bytes are asked for as they are, and taken where the host says that they are', async () => {
  expect(decoded((await fetched(`http://${host}/identity`, [host])).data)).toBe('PNG bytes');
});
