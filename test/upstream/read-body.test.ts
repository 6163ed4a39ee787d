import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import zlib from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { type Body, readBody } from '../../shared/upstream/read-body.ts';
import { readStart } from '../../shared/upstream/read-whole.ts';

const bodyOf = (encoding?: string): PassThrough & IncomingMessage =>
  Object.assign(new PassThrough(), { headers: encoding ? { 'content-encoding': encoding } : {} }) as never;

/** The text of a body, read in a loop. */
async function textOf(body: Body): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The same, read whole. */
const wholeOf = async (body: Body): Promise<string> => (await readStart(body, Number.POSITIVE_INFINITY)).toString();
const ways = Object.entries({ textOf, wholeOf });

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

test.each(ways)(
  'a break is the failure of the provider, unless the gateway ended the call itself: %s',
  async (_, read) => {
    const ours = new GatewayError('timeout', 'Too long.');
    for (const [ended, kind] of [
      [undefined, 'upstream'],
      [ours, 'timeout'],
    ] as const) {
      const response = bodyOf();
      const reading = read(readBody(response, () => ended));
      response.write('x');
      response.destroy(new Error('socket hang up'));
      await expect(reading).rejects.toMatchObject({ kind });
    }
  },
);

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

test.each(ways)('a body is read to its end, also one that has none: %s', async (_, read) => {
  const response = bodyOf();
  const reading = read(readBody(response, () => undefined));
  for (const piece of ['a', 'b', 'c']) response.write(piece);
  response.end();
  expect(await reading).toBe('abc');
  const empty = bodyOf();
  empty.end();
  expect(await read(readBody(empty, () => undefined))).toBe('');
});

test.each(ways)('one that broke before it was read is a failure too: %s', async (_, read) => {
  const response = bodyOf();
  const body = readBody(response, () => undefined);
  response.write('x');
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  response.once('error', () => {}).destroy(new Error('socket hang up'));
  await closed;
  await expect(read(body)).rejects.toMatchObject({ kind: 'upstream' });
});

test.each(ways)('one that is closed before its end is a failure too: %s', async (_, read) => {
  const response = bodyOf();
  const reading = read(readBody(response, () => undefined));
  response.write('x');
  response.destroy();
  await expect(reading).rejects.toMatchObject({ kind: 'upstream' });
});

test('of one that is larger than wanted no more is read', async () => {
  const response = bodyOf();
  const reading = readStart(
    readBody(response, () => undefined),
    3,
  );
  response.write('12');
  response.write('34');
  expect((await reading).toString()).toBe('123');
  expect(response.destroyed).toBe(true);
});
