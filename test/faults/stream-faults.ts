import type { Answer } from './answers.ts';
import type { Fault } from './fault.ts';
import { answers, drip, end, flood, opened, reset, stayOpen, unfinished } from './plays.ts';

/** Streams that are odd, endless or end in the wrong place; a whole reply meets what of it makes sense there. */

const fails = { stream: 'error', whole: 'error' } as const;
const streams = { stream: 'answer' } as const;

/** All but the last so many pieces of a stream; a whole reply is whole. */
const without =
  (last: number) =>
  ({ streamed, pieces }: Answer): readonly Buffer[] =>
    streamed ? pieces.slice(0, pieces.length - last) : pieces;

const lines =
  (change: (text: string) => string) =>
  ({ streamed, contentType, pieces }: Answer): readonly Buffer[] =>
    streamed && contentType.startsWith('text/')
      ? pieces.map((piece) => Buffer.from(change(piece.toString('utf8'))))
      : pieces;

const cutWithin = (pieces: readonly Buffer[]): Buffer[] => {
  const last = pieces.at(-1) ?? Buffer.alloc(0);
  return [...pieces.slice(0, -1), last.subarray(0, Math.floor(last.length / 2))];
};

/** These bytes again and again before anything else, quickly (`bytes` in all) or slowly (`forMs`). */
const floods = (bytes: (answer: Answer) => Buffer, most: number): Fault['play'] => ({
  async asked(scene) {
    await scene.write(opened(scene.answer));
    if (await flood(scene, bytes(scene.answer), most)) scene.socket.end();
  },
});
const drips = (bytes: (answer: Answer) => Buffer | string, begun = false): Fault['play'] => ({
  async asked(scene) {
    await scene.write(opened(scene.answer));
    if (begun) for (const piece of unfinished(scene.answer)) await scene.write(piece);
    await drip(scene, bytes(scene.answer), 40, 6_000);
    scene.socket.end();
  },
});

export const streamFaults: readonly Fault[] = [
  { name: 'whole stream, then reset', play: answers(({ pieces }) => pieces, reset), ...streams },
  { name: 'whole stream, then open', play: answers(({ pieces }) => pieces, stayOpen), ...streams },
  { name: 'finish, then reset before the last event', play: answers(without(1), reset) },
  { name: 'finish, then closed before the last event', play: answers(without(1), end) },
  { name: 'finish, then open before the last event', play: answers(without(1), stayOpen) },
  {
    name: 'all but the last event, which is cut',
    play: answers(({ pieces }) => cutWithin(pieces), end),
    whole: 'error',
  },
  { name: 'half an event at the end', play: answers((answer) => cutWithin(unfinished(answer)), end), ...fails },
  { name: 'half an event, then silence', play: answers((answer) => cutWithin(unfinished(answer)), stayOpen), ...fails },
  { name: 'half an event, then reset', play: answers((answer) => cutWithin(unfinished(answer)), reset), ...fails },
  { name: 'first event only', play: answers(({ streamed, pieces }) => (streamed ? pieces.slice(0, 1) : [])), ...fails },
  {
    name: 'ending only',
    play: answers(({ streamed, pieces, ending }) => (streamed ? pieces.slice(-ending) : [])),
    whole: 'error',
    passesOddBytes: true,
  },
  { name: 'events in reverse', play: answers(({ pieces }) => [...pieces].reverse()), passesOddBytes: true },
  {
    name: 'every event twice',
    play: answers(({ streamed, pieces }) => (streamed ? pieces.flatMap((piece) => [piece, piece]) : pieces)),
    passesOddBytes: true,
  },
  {
    name: 'two streams, one behind the other',
    play: answers(({ pieces }) => [...pieces, ...pieces]),
    ...streams,
    passesOddBytes: true,
  },
  { name: 'error first', play: answers(({ error, pieces }) => [error, ...pieces]), ...fails },
  { name: 'error in the middle', play: answers((answer) => [...unfinished(answer), answer.error]), ...fails },
  {
    name: 'error in the middle, then open',
    play: answers((answer) => [...unfinished(answer), answer.error], stayOpen),
    ...fails,
  },
  { name: 'error behind the finish', play: answers((answer) => [...without(1)(answer), answer.error]), whole: 'error' },
  { name: 'CRLF', play: answers(lines((text) => text.replaceAll('\n', '\r\n'))), ...streams },
  { name: 'CR', play: answers(lines((text) => text.replaceAll('\n', '\r'))), ...streams },
  {
    name: 'line ends of all kinds',
    play: answers(lines((text) => text.replace('\n', '\r').replace(/\n$/, '\r\n'))),
    ...streams,
  },
  { name: 'data without the space', play: answers(lines((text) => text.replaceAll('data: ', 'data:'))), ...streams },
  {
    name: 'U+2028 in text',
    play: answers(lines((text) => text.replaceAll('kommen', 'kom\u2028men\u0085'))),
    ...streams,
  },
  {
    name: 'fields that SSE does not know',
    play: answers(lines((text) => `id: 7\nretry: 1\nfoo: bar\n${text}`)),
    ...streams,
  },
  {
    name: 'NUL bytes in text',
    play: answers(lines((text) => text.replaceAll('kommen', 'kom\u0000men'))),
    passesOddBytes: true,
  },
  {
    name: 'invalid UTF-8 in text',
    hasBadText: true,
    play: answers(({ pieces }) =>
      pieces.map((piece) => Buffer.from(piece.toString('latin1').replaceAll('kommen', 'kom\u00ff\u00fe'), 'latin1')),
    ),
    passesOddBytes: true,
  },
  {
    name: 'cut within a character',
    play: {
      asked: async (scene) => {
        await scene.write(opened(scene.answer));
        const bytes = Buffer.concat(scene.answer.pieces);
        const at = bytes.indexOf(Buffer.from('🎉')) + 2;
        await scene.write(bytes.subarray(0, at));
        await scene.pause(20);
        await scene.write(bytes.subarray(at));
        scene.socket.end();
      },
    },
    stream: 'answer',
    whole: 'answer',
  },
  {
    name: 'event without data',
    play: answers(({ streamed, pieces, contentType }) =>
      streamed && contentType.startsWith('text/') ? [Buffer.from('event: odd\n\n'), ...pieces] : pieces,
    ),
    ...streams,
  },
  {
    name: 'event that is no JSON',
    play: answers((answer) => [
      ...unfinished(answer),
      Buffer.from('data: {"a":\n\n'),
      ...answer.pieces.slice(-answer.ending),
    ]),
    whole: 'error',
    passesOddBytes: true,
  },
  {
    name: 'events of unknown types',
    play: answers(({ streamed, pieces, contentType }) =>
      streamed && contentType.startsWith('text/')
        ? [Buffer.from('event: new.thing\ndata: {"type":"new.thing","x":1}\n\n'), ...pieces]
        : pieces,
    ),
    passesOddBytes: true,
  },
  { name: 'blank lines only', play: floods(() => Buffer.from('\n\n\n\n'), 400), ...fails },
  {
    name: 'event of 8 MB',
    play: answers(({ streamed, pieces }) =>
      streamed
        ? [Buffer.from('data: {"padding":"'), Buffer.alloc(8_000_000, 'a'), Buffer.from('"}\n\n'), ...pieces]
        : pieces,
    ),
    whole: 'answer',
    passesOddBytes: true,
  },
  { name: 'line of 60 MB without an end', play: floods(() => Buffer.alloc(65_536, 'a'), 60_000_000), ...fails },
  {
    name: '60 MB of comments',
    play: floods(() => Buffer.from(`: ${'c'.repeat(1_000)}\n\n`.repeat(64)), 60_000_000),
    ...fails,
  },
  {
    name: '60 MB of pings',
    play: floods(({ ping }) => Buffer.concat(Array.from({ length: 1_000 }, () => ping)), 60_000_000),
    ...fails,
  },
  { name: 'comments without end', play: drips(() => ': waiting\n\n'), ...fails },
  { name: 'pings without end', play: drips(({ ping }) => ping), ...fails },
  { name: 'pings without end after text', play: drips(({ ping }) => ping, true), ...fails },
  {
    name: 'text without end',
    play: drips(({ streamed, pieces }) => (streamed ? (pieces.find((piece) => piece.includes('Gäste')) ?? '') : ' ')),
    ...fails,
    passesOddBytes: true,
  },
];
