import type { Fault } from './fault.ts';
import { answers, drip, flood, head, joined, opened, raw, replies, reset, stayOpen } from './plays.ts';

/** Status lines and header blocks that are odd, late or too large. */

const error = { stream: 'error', whole: 'error' } as const;
const answer = { stream: 'answer', whole: 'answer' } as const;

const redirect = (status: number): Fault => ({
  name: `${status} with a location`,
  play: replies(status, '{"message":"moved"}', { location: 'http://169.254.169.254/latest/meta-data/' }),
  ...error,
});

export const headFaults: readonly Fault[] = [
  { name: 'half a header block, then reset', play: raw(() => 'HTTP/1.1 200 OK\r\ncontent-ty', reset), ...error },
  { name: 'half a header block, then silence', play: raw(() => 'HTTP/1.1 200 OK\r\ncontent-ty', stayOpen), ...error },
  {
    name: 'headers a byte at a time',
    play: {
      async asked(scene) {
        await scene.write('HTTP/1.1 200 OK\r\nx-slow: ');
        await drip(scene, 'a', 40, 6_000);
      },
    },
    ...error,
  },
  {
    name: '1xx without end',
    play: {
      asked: (scene) => drip(scene, 'HTTP/1.1 102 Processing\r\n\r\n', 40, 6_000),
    },
    ...error,
  },
  {
    name: 'ten 1xx, then the answer',
    play: {
      async asked(scene) {
        for (let times = 0; times < 10; times += 1) await scene.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n');
        await scene.write(opened(scene.answer));
        await scene.write(joined(scene.answer));
        scene.socket.end();
      },
    },
    ...answer,
  },
  {
    name: '101 upgrade',
    play: raw(() => 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n', stayOpen),
    ...error,
  },
  { name: '101 without upgrade', play: raw(() => 'HTTP/1.1 101 Switching Protocols\r\n\r\n', stayOpen), ...error },
  { name: '100 as the answer', play: raw(() => 'HTTP/1.1 100 Continue\r\n\r\n'), ...error },
  { name: '204', play: raw(() => 'HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n'), ...error },
  {
    name: '205',
    play: raw(() => 'HTTP/1.1 205 Reset Content\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'),
    ...error,
  },
  redirect(301),
  redirect(302),
  redirect(307),
  redirect(308),
  { name: '304', play: raw(() => 'HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n'), ...error },
  { name: 'status line that is none', play: raw(() => 'HTTP/9.9 banana\r\n\r\n'), ...error },
  { name: 'status 0', play: raw(() => 'HTTP/1.1 000 Zero\r\ncontent-length: 0\r\n\r\n'), ...error },
  { name: 'status 999', play: replies('999 Odd', '{"error":{"message":"odd"}}'), ...error },
  { name: 'no HTTP at all', play: raw(() => 'SSH-2.0-OpenSSH_9.6\r\n'), ...error },
  { name: 'TLS alert', play: raw(() => Buffer.from([21, 3, 1, 0, 2, 2, 70])), ...error },
  {
    name: 'header block too large',
    play: raw(({ answer: { contentType } }) =>
      head(200, { 'content-type': contentType, 'x-large': 'a'.repeat(100_000) }),
    ),
    ...error,
  },
  {
    name: 'header without end',
    play: {
      async asked(scene) {
        await scene.write('HTTP/1.1 200 OK\r\nx-large: ');
        await flood(scene, Buffer.alloc(16_384, 'a'), 4_000_000);
      },
    },
    ...error,
  },
  {
    name: '3,000 headers',
    play: raw(({ answer: { contentType } }) =>
      head(200, {
        'content-type': contentType,
        ...Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`x-${at}`, at])),
      }),
    ),
    ...error,
  },
  {
    name: 'header value with odd bytes',
    play: answers(({ pieces }) => pieces, undefined, { 'x-request-id': 'r\u00ff\u0080 é', 'x-odd': '\u00a0' }),
    ...answer,
  },
  { name: 'content-length twice', play: replies(200, '{}', { 'Content-Length': 900 }), ...error },
  {
    name: 'content-length that is no number',
    play: raw(() => 'HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}'),
    ...error,
  },
  {
    name: 'content-length and chunks',
    play: raw(() => 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'),
    ...error,
  },
  {
    name: 'answer without a content type',
    play: raw(({ answer: whole }) =>
      Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n'), joined(whole)]),
    ),
  },
  {
    name: 'answer of the wrong content type',
    play: raw(({ answer: whole }) =>
      Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: image/png\r\n\r\n'),
        joined(whole),
      ]),
    ),
  },
];
