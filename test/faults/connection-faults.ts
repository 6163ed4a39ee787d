import type { Fault } from './fault.ts';
import {
  answers,
  drip,
  end,
  head,
  inChunks,
  joined,
  opened,
  raw,
  replies,
  reset,
  stayOpen,
  unfinished,
} from './plays.ts';

/** Connections that are not made, break, fall silent or are kept too long. */

const error = { stream: 'error', whole: 'error' } as const;
const answer = { stream: 'answer', whole: 'answer' } as const;

/** Answers the first call of a connection well and leaves it open; the second one meets the fault. */
const onSecondCall = (second: NonNullable<Fault['play']['asked']>): Fault['play'] => ({
  async asked(scene) {
    if (scene.position > 0) return second(scene);
    const body = joined(scene.answer);
    await scene.write(head(200, { 'content-type': scene.answer.contentType, 'content-length': body.length }));
    await scene.write(body);
  },
});

export const connectionFaults: readonly Fault[] = [
  { name: 'refused connection', play: { refused: true }, ...error },
  { name: 'reset on connecting', play: { connected: (socket) => void socket.resetAndDestroy() }, ...error },
  { name: 'closed on connecting', play: { connected: (socket) => void socket.end() }, ...error },
  { name: 'connected and silent', play: { connected: () => {} }, ...error },
  { name: 'reset after the request', play: { asked: reset }, ...error },
  { name: 'closed after the request', play: { asked: end }, ...error },
  { name: 'silent after the request', play: { asked: stayOpen }, ...error },
  {
    name: 'request never read',
    keeps: true,
    play: { connected: (socket) => void socket.pause() },
    ...error,
  },
  {
    name: 'answer before the request is read',
    play: {
      connected: (socket) =>
        void socket.end(`${head(200, { 'content-type': 'application/json', 'content-length': 2 })}{}`),
    },
    ...error,
  },
  {
    name: '413 before the body is read',
    play: {
      async headRead({ write, socket }) {
        const body = '{"error":{"message":"Too large."}}';
        await write(
          head(413, { 'content-type': 'application/json', connection: 'close', 'content-length': body.length }) + body,
        );
        socket.end();
      },
    },
    ...error,
  },
  { name: 'kept connection reset on reuse', keeps: true, play: onSecondCall(reset), ...answer },
  { name: 'kept connection closed on reuse', keeps: true, play: onSecondCall(end), ...answer },
  {
    name: 'kept connection answers late on reuse',
    keeps: true,
    play: onSecondCall(async (scene) => {
      await scene.pause(150);
      await scene.write(opened(scene.answer));
      await scene.write(joined(scene.answer));
      scene.socket.end();
    }),
    ...answer,
  },
  { name: 'silent after headers', play: answers(() => [], stayOpen), ...error },
  { name: 'reset after headers', play: answers(() => [], reset), ...error },
  { name: 'reset in the middle', play: answers(unfinished, reset), ...error },
  { name: 'closed in the middle', play: answers(unfinished, end), ...error },
  { name: 'silent in the middle', play: answers(unfinished, stayOpen), ...error },
  {
    name: 'whole answer, eight bytes at a time',
    play: {
      async asked(scene) {
        await scene.write(opened(scene.answer));
        const bytes = joined(scene.answer);
        for (let at = 0; at < bytes.length; at += 8) if (!(await scene.write(bytes.subarray(at, at + 8)))) return;
        scene.socket.end();
      },
    },
    ...answer,
  },
  {
    name: 'a byte at a time for ever',
    play: {
      async asked(scene) {
        await scene.write(opened(scene.answer));
        await drip(scene, scene.answer.streamed ? 'x' : ' ', 40, 6_000);
      },
    },
    ...error,
  },
  {
    name: 'whole answer, then silence without an end',
    play: answers(({ pieces }) => pieces, stayOpen),
    stream: 'answer',
  },
  {
    name: 'whole answer in chunks, then a kept connection',
    keeps: true,
    play: raw(
      ({ answer: { contentType, pieces } }) =>
        Buffer.concat([
          Buffer.from(head(200, { 'content-type': contentType, 'transfer-encoding': 'chunked' })),
          ...inChunks(pieces),
          Buffer.from('0\r\n\r\n'),
        ]),
      stayOpen,
    ),
    ...answer,
  },
  {
    name: 'two answers on one connection',
    keeps: true,
    play: raw(({ answer: { contentType, pieces } }) => {
      const body = Buffer.concat(pieces);
      const one = Buffer.concat([
        Buffer.from(head(200, { 'content-type': contentType, 'content-length': body.length })),
        body,
      ]);
      return Buffer.concat([one, one]);
    }, stayOpen),
    ...answer,
  },
  { name: 'empty answer', play: replies(200), ...error },
];
