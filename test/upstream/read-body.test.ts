import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable, type Writable } from 'node:stream';
import zlib from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { systemTime } from '../../shared/async/time.ts';
import { GatewayError, isRefusal } from '../../shared/errors.ts';
import { type Body, readBody } from '../../shared/upstream/read-body.ts';
import { readStart } from '../../shared/upstream/read-whole.ts';
import { createSend } from '../../shared/upstream/send.ts';
import { headOf, startRawProvider } from '../support/raw-provider.ts';

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

const drained = (stream: Writable): Promise<unknown> =>
  new Promise((resolve) => stream.once('drain', resolve).once('close', resolve));

const TOO_MANY = 'The provider sent its answer in too many pieces of a few bytes each.';

/** How long a body of so many pieces of this length is read to be, or why it is not. */
async function outcomeOf(pieces: number, length: number): Promise<unknown> {
  const response = bodyOf();
  const reading = wholeOf(readBody(response, () => undefined)).then(
    (whole) => whole.length,
    ({ message }: GatewayError) => message,
  );
  const piece = Buffer.alloc(length, 'a');
  for (let n = 0; n < pieces && !response.destroyed; n += 1) {
    if (!response.write(piece)) await drained(response);
  }
  response.end();
  return reading;
}

test('a whole body in very many pieces of a few bytes is a failure, in many larger ones none', async () => {
  expect(await outcomeOf(50_000, 1)).toBe(50_000);
  expect(await outcomeOf(60_000, 1)).toBe(TOO_MANY);
  expect(await outcomeOf(60_000, 32)).toBe(1_920_000);
});

test('packed pieces count before they are unpacked', async () => {
  const response = bodyOf('gzip');
  const refused = expect(textOf(readBody(response, () => undefined))).rejects.toMatchObject({ message: TOO_MANY });
  const packed = zlib.gzipSync(randomBytes(100_000));
  for (let at = 0; at < packed.length && !response.destroyed; at += 1) {
    if (!response.write(packed.subarray(at, at + 1))) await drained(response);
  }
  await refused;
});

test.each(['read in a loop', 'read whole'])('a provider that sends chunks of one byte is refused: %s', async (way) => {
  const provider = await startRawProvider(async (socket) => {
    socket.write(headOf('text/event-stream'));
    const many = Buffer.from('1\r\n:\r\n'.repeat(10_000));
    while (!socket.destroyed) {
      if (!socket.write(many)) await drained(socket);
    }
  });
  onTestFinished(() => provider.close());
  const timeouts = { connectMs: 5_000, firstEventMs: 60_000, replyMs: 60_000, idleMs: 60_000, totalMs: 60_000 };
  const { signal } = new AbortController();
  const reply = await createSend(systemTime)({
    url: provider.url,
    headers: {},
    body: Buffer.from('{}'),
    timeouts,
    signal,
  });
  if (isRefusal(reply)) throw reply.refusal;
  const read = way === 'read whole' ? wholeOf(reply.body) : textOf(reply.body);
  await expect(read).rejects.toMatchObject({ kind: 'upstream', message: TOO_MANY });
});
