import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LambdaGateway, startLambdaGateway } from '../../bounds/lambda-stand-in.ts';
import { completion, sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** Bodies of requests that come packed, on both hosts. */
let provider: TestProvider;
let rig: Rig;
let lambda: LambdaGateway;

beforeAll(async () => {
  provider = await startProvider((_, response) => sendJson(response, 200, completion('ok')));
  const definition = {
    providers: { p: { baseUrl: provider.url, auth: 'none' } },
    limits: { bodyBytes: 10_000 },
  };
  rig = await startRig({ definition });
  lambda = startLambdaGateway(definition);
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

interface Answered {
  status: number;
  text: string;
  headers: Headers;
}
type Post = (body: Buffer, encoding: string, path?: string) => Promise<Answered>;

const hosts: [string, Post][] = [
  [
    'node',
    async (body, encoding, path) => {
      const response = await rig.post(body, { 'content-encoding': encoding }, path);
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
  ],
  ['lambda', (body, encoding, path) => lambda.post(body, { 'content-encoding': encoding }, path)],
];

// An integer that is read only as it is written, and white space: what shows whether the bytes themselves were passed on.
const asked = '{ "model": "p/m", "x_number": 12345678901234567890,  "messages": [{"role":"user","content":"hi"}] }';
const packed: [string, Buffer][] = [
  ['gzip', gzipSync(asked)],
  ['deflate', deflateSync(asked)],
  ['br', brotliCompressSync(asked)],
  ['zstd', zstdCompressSync(asked)],
  ['gzip, br', brotliCompressSync(gzipSync(asked))],
];

describe.each(hosts)('on %s', (_, post) => {
  test.each(packed)('a body packed with %s reaches the provider unpacked, byte for byte', async (encoding, body) => {
    expect(await post(body, encoding)).toMatchObject({ status: 200 });
    const { text, headers } = provider.asked.at(-1)!;
    expect(text).toBe(asked.replace('p/m', 'm'));
    expect(headers['content-encoding']).toBeUndefined();
  });

  test('a packed body of a path that passes bytes is unpacked too', async () => {
    const body = JSON.stringify({ model: 'p/m', input: 'x' });
    expect(await post(gzipSync(body), 'gzip', '/v1/moderations')).toMatchObject({ status: 200 });
    expect(provider.asked.at(-1)?.body).toEqual({ model: 'm', input: 'x' });
  });

  test('more than limits.bodyBytes is refused with 413, packed or not, and nothing is asked', async () => {
    const before = provider.asked.length;
    for (const [encoding, body] of [
      ['gzip', gzipSync(Buffer.alloc(5_000_000, ' '))],
      ['identity', Buffer.alloc(10_001, ' ')],
    ] as const) {
      const { status, text } = await post(body, encoding);
      expect([status, JSON.parse(text)]).toMatchObject([413, { error: { message: expect.stringContaining('10000') } }]);
    }
    expect(provider.asked.length).toBe(before);
  });

  test('an encoding that is not read is refused with 415 in the dialect of the caller, with those that are', async () => {
    const { status, text, headers } = await post(Buffer.from(asked), 'compress', '/v1/messages');
    expect([status, JSON.parse(text)]).toMatchObject([
      415,
      { type: 'error', error: { type: 'invalid_request_error', message: expect.stringContaining("'compress'") } },
    ]);
    expect(headers.get('accept-encoding')).toBe('gzip, deflate, br, zstd');
  });

  test('bytes that are not packed as they say are refused with 400', async () => {
    const { status, text, headers } = await post(Buffer.from(asked), 'gzip');
    expect([status, JSON.parse(text)]).toMatchObject([400, { error: { type: 'invalid_request_error' } }]);
    expect(headers.get('accept-encoding')).toBeNull();
  });
});

test('another content type is a 415 that names no encodings', async () => {
  const response = await rig.post('hi', { 'content-type': 'text/plain' });
  expect([response.status, response.headers.get('accept-encoding')]).toEqual([415, null]);
});

test('the administration reads packed bodies too, up to its own bound', async () => {
  const path = '/admin/v1/keys';
  const made = await rig.post(gzipSync(JSON.stringify({ name: 'ci' })), { 'content-encoding': 'gzip' }, path);
  expect([made.status, await made.json()]).toMatchObject([201, { name: 'ci' }]);
  expect((await rig.post(gzipSync(Buffer.alloc(70_000)), { 'content-encoding': 'gzip' }, path)).status).toBe(413);
  const unread = await rig.post('{}', { 'content-encoding': 'compress' }, path);
  expect([unread.status, unread.headers.get('accept-encoding')]).toEqual([415, 'gzip, deflate, br, zstd']);
});
