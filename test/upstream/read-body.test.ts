import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import zlib from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { readBody } from '../../shared/upstream/read-body.ts';

const bodyOf = (encoding?: string): PassThrough & IncomingMessage =>
  Object.assign(new PassThrough(), { headers: encoding ? { 'content-encoding': encoding } : {} }) as never;

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test.each<[string | undefined, (bytes: Buffer) => Buffer]>([
  [undefined, (bytes) => bytes],
  ['GZIP', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['br', zlib.brotliCompressSync],
])('a body is unpacked where it came compressed: %s', async (encoding, compress) => {
  const response = bodyOf(encoding);
  response.end(compress(Buffer.from('plain')));
  expect(await textOf(readBody(response, () => undefined))).toBe('plain');
});

test('a break is the failure of the provider, unless the gateway ended the call itself', async () => {
  const ours = new GatewayError('timeout', 'Too long.');
  for (const [ended, kind] of [
    [undefined, 'upstream'],
    [ours, 'timeout'],
  ] as const) {
    const response = bodyOf();
    const reading = textOf(readBody(response, () => ended));
    response.write('x');
    response.destroy(new Error('socket hang up'));
    await expect(reading).rejects.toMatchObject({ kind });
  }
});

test('what is not the compression it says is a failure, not a crash', async () => {
  const response = bodyOf('gzip');
  response.end('not gzip');
  await expect(textOf(readBody(response, () => undefined))).rejects.toMatchObject({ kind: 'upstream' });
});

test.each(['constructor', '__proto__', 'x-unknown', 'gzip, gzip'])(
  'an encoding that we do not know is left as it is: %s',
  async (encoding) => {
    const response = bodyOf(encoding);
    response.end('plain');
    expect(await textOf(readBody(response, () => undefined))).toBe('plain');
  },
);

/** How often the event loop turns while a body of 20 pieces of 64 KB is read, each of which takes so long. */
async function turnsWhileReading(msOfAPiece: number): Promise<number> {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  let left = 20;
  const source = new Readable({
    read() {
      left -= 1;
      this.push(left < 0 ? null : Buffer.alloc(65_536));
    },
  });
  const response: IncomingMessage = Object.assign(source, { headers: {} }) as never;
  let turns = 0;
  let isRead = false;
  const counting = (): void => {
    turns += 1;
    if (!isRead) setImmediate(counting);
  };
  setImmediate(counting);
  for await (const chunk of readBody(response, () => undefined)) {
    expect(chunk.byteLength).toBeGreaterThan(0);
    vi.setSystemTime(Date.now() + msOfAPiece);
  }
  isRead = true;
  return turns;
}

test('a body that is all there does not keep timers and other requests waiting until its end', async () => {
  expect(await turnsWhileReading(10)).toBeGreaterThan(4);
});

test('a body that is read in no time is not held up for others', async () => {
  expect(await turnsWhileReading(0)).toBeLessThan(4);
});
