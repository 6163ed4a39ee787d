import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Answer } from './answers.ts';
import type { Fault } from './fault.ts';
import { answers, bomb, changed, chunked, head, inChunks, joined, openingOf, raw, replies } from './plays.ts';

/** Bodies whose length, chunks, encoding or JSON is wrong. */

const error = { stream: 'error', whole: 'error' } as const;
const answer = { stream: 'answer', whole: 'answer' } as const;
const fails = { whole: 'error' } as const;

/** An answer in chunks that end in this. */
const inChunksThen = (
  last: string,
  part: (answer: Answer) => readonly Buffer[] = ({ pieces }) => pieces,
): Fault['play'] =>
  raw((scene) =>
    Buffer.concat([
      Buffer.from(head(200, { 'content-type': scene.answer.contentType, ...chunked })),
      ...inChunks(part(scene.answer)),
      Buffer.from(last),
    ]),
  );

const encoded = (encoding: string, encode: (bytes: Buffer) => Buffer): Fault['play'] =>
  answers((whole) => [encode(joined(whole))], undefined, { 'content-encoding': encoding });

const lengthOff = (by: (length: number) => number): Fault['play'] =>
  raw(({ answer: { contentType, pieces } }) => {
    const body = Buffer.concat(pieces);
    return Buffer.concat([
      Buffer.from(head(200, { 'content-type': contentType, 'content-length': by(body.length) })),
      body,
    ]);
  });

const half = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length / 2));

/** A reply of this text where a whole reply was asked for, an event of it where a stream was. */
const text = (name: string, value: string | Buffer, more: Partial<Fault> = error): Fault => ({
  name,
  play: answers(({ streamed }) => [Buffer.from(streamed ? 'data: ' : ''), value, Buffer.from(streamed ? '\n\n' : '')]),
  ...more,
});

export const bodyFaults: readonly Fault[] = [
  { name: 'content-length too long', play: lengthOff((length) => length + 100), whole: 'error' },
  { name: 'content-length too short', play: lengthOff((length) => Math.floor(length / 2)), ...fails },
  {
    name: 'chunk size that is no number',
    play: inChunksThen('zz\r\nabc\r\n', ({ pieces }) => pieces.slice(0, 2)),
    ...error,
  },
  { name: 'chunk cut off', play: inChunksThen('ffff\r\nabc', ({ pieces }) => pieces.slice(0, 2)), ...error },
  { name: 'last chunk missing', play: inChunksThen(''), whole: 'error' },
  { name: 'trailers', play: inChunksThen('0\r\nx-checksum: 1\r\n\r\n'), ...answer },
  { name: 'chunk with an extension', play: inChunksThen('0;last="a"\r\n\r\n'), ...answer },
  { name: 'gzip', play: encoded('gzip', (bytes) => gzipSync(bytes)), ...answer },
  { name: 'deflate', play: encoded('deflate', (bytes) => deflateSync(bytes)), ...answer },
  { name: 'raw deflate', play: encoded('deflate', (bytes) => deflateRawSync(bytes)) },
  { name: 'brotli', play: encoded('br', (bytes) => brotliCompressSync(bytes)), ...answer },
  { name: 'gzip cut off', play: encoded('gzip', (bytes) => half(gzipSync(bytes))), ...error },
  { name: 'gzip of garbage', play: encoded('gzip', () => Buffer.alloc(500, 7)), ...error },
  { name: 'deflate of garbage', play: encoded('deflate', () => Buffer.alloc(500, 255)), ...error },
  { name: 'brotli of garbage', play: encoded('br', () => Buffer.alloc(500, 255)), ...error },
  { name: 'gzip announced, plain text sent', play: encoded('gzip', (bytes) => bytes), ...error },
  { name: 'gzip sent, not announced', play: answers((whole) => [gzipSync(joined(whole))]), passesOddBytes: true },
  { name: 'gzip twice', play: encoded('gzip, gzip', (bytes) => gzipSync(gzipSync(bytes))) },
  { name: 'unknown encoding', play: encoded('zstd', () => Buffer.alloc(500, 3)), ...error },
  {
    name: 'gzip bomb of 40 MB',
    play: answers((whole) => [bomb(40_000_000, openingOf(whole))], undefined, { 'content-encoding': 'gzip' }),
    ...error,
  },
  { name: 'reply twice', play: answers((whole) => [joined(whole), joined(whole)]), ...fails, passesOddBytes: true },
  {
    name: 'reply with text behind it',
    play: answers((whole) => [joined(whole), '}}garbage']),
    ...fails,
    passesOddBytes: true,
  },
  { name: 'reply behind a BOM', play: answers((whole) => ['\ufeff', joined(whole)]) },
  text('null', 'null'),
  text('a list', '[]'),
  text('a number', '42'),
  text('an empty object', '{}', { whole: 'error', passesOddBytes: true }),
  text('10 MB of [', Buffer.alloc(10_000_000, '[')),
  text('10 MB of {"a":', Buffer.from('{"a":'.repeat(2_000_000))),
  text('a page of HTML', '<html><body>Welcome</body></html>'),
  {
    name: 'stream where a reply was asked',
    play: answers(() => ['data: {"choices":[]}\n\ndata: [DONE]\n\n']),
    ...error,
  },
  {
    name: 'reply where a stream was asked',
    play: replies(
      200,
      '{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}',
    ),
    passesOddBytes: true,
  },
  { name: 'error where an answer was asked', play: answers(({ error: bytes }) => [bytes]), ...error },
  {
    name: 'members twice',
    play: answers((whole) => changed(whole, (json) => json.replaceAll('"index":0', '"index":9,"index":0'))),
    passesOddBytes: true,
  },
  {
    name: 'NaN and Infinity',
    play: answers((whole) =>
      changed(whole, (json) => json.replaceAll(/:(?:11|7)\b/g, ':NaN').replaceAll(':18', ':-Infinity')),
    ),
    passesOddBytes: true,
  },
  {
    name: 'numbers beyond all bounds',
    play: answers((whole) => changed(whole, (json) => json.replaceAll(/:(?:11|7|18)\b/g, ':1e999'))),
    passesOddBytes: true,
  },
  {
    name: 'counts below zero',
    play: answers((whole) => changed(whole, (json) => json.replaceAll(/:(?:11|7|18)\b/g, ':-9007199254740993'))),
    passesOddBytes: true,
  },
  {
    name: 'texts that are numbers',
    play: answers((whole) => changed(whole, (json) => json.replaceAll(/"(?:Zw|G|🎉)[^"]*"/g, '42'))),
    passesOddBytes: true,
  },
  {
    name: 'ids that are objects',
    play: answers((whole) => changed(whole, (json) => json.replaceAll(/"id":"[^"]*"/g, '"id":{"a":[]}'))),
    passesOddBytes: true,
  },
  {
    name: '__proto__ in the answer',
    play: answers((whole) => changed(whole, (json) => json.replaceAll(/"id":/g, '"__proto__":{"admin":true},"id":'))),
    passesOddBytes: true,
  },
  {
    name: 'lone surrogates',
    play: answers((whole) => changed(whole, (json) => json.replaceAll('kommen', '\\ud83d'))),
    passesOddBytes: true,
  },
];
