import { expect, test } from 'vitest';
import type { ChatEvent } from '../../shared/chat/events.ts';
import type { StreamReader } from '../../shared/dialects/dialect.ts';
import { GatewayError } from '../../shared/errors.ts';
import { sseFramer } from '../../shared/http/sse.ts';
import { type Batch, readStream } from '../../shared/upstream/read-stream.ts';
import { piecesOf, streamOf } from '../support/streams.ts';

const broken = new GatewayError('upstream', 'It broke.');
const odd = new GatewayError('upstream', 'That is no event.');

/** Reads each event as a text; `error`, `odd` and `bug` are what they say. */
function readerOf(ending: ChatEvent[] = []): StreamReader {
  return {
    read({ data }) {
      if (data === 'odd') throw odd;
      if (data === 'bug') throw new TypeError('a bug');
      return data === 'error' ? [{ type: 'error', error: broken }] : [{ type: 'text', text: data }];
    },
    end: () => ending,
  };
}

function read(
  chunks: readonly (string | Error)[],
  { ending = [] as ChatEvent[], unreadable = (_: GatewayError): void => {} } = {},
) {
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk));
  return piecesOf(readStream(streamOf<Uint8Array>(bytes), sseFramer(), readerOf(ending), unreadable));
}

const shown = (batches: readonly Batch[]) =>
  batches.map(({ frames, events }) => ({
    bytes: Buffer.concat(frames.map(({ bytes }) => bytes)).toString(),
    events: events.map((event) => (event.type === 'text' ? event.text : event.type)),
  }));

test('each read of bytes that completes events is a batch of them, with their bytes as they came', async () => {
  expect(shown(await read(['data: a\n\ndata: b\n\nda', 'ta: c', '\n\n']))).toEqual([
    { bytes: 'data: a\n\ndata: b\n\n', events: ['a', 'b'] },
    { bytes: 'data: c\n\n', events: ['c'] },
  ]);
});

test('a last event without its blank line is read, and what the reader says at the end is the last batch', async () => {
  const ending: ChatEvent[] = [{ type: 'finish', reason: 'stop' }];
  expect(shown(await read(['data: a'], { ending }))).toEqual([{ bytes: 'data: a\n\n', events: ['a', 'finish'] }]);
  expect(shown(await read(['data: a\n\n'], { ending })).at(-1)).toEqual({ bytes: '', events: ['finish'] });
});

test('a stream without bytes or events has no batches', async () => {
  expect(await read([])).toEqual([]);
});

test('an error is the last event of its batch, and neither its bytes nor what follows them are given', async () => {
  expect(shown(await read(['data: a\n\ndata: error\n\ndata: b\n\n']))[0]).toEqual({
    bytes: 'data: a\n\n',
    events: ['a', 'error'],
  });
});

test('an event that cannot be read is reported, its bytes stay, and the stream goes on', async () => {
  const reported: GatewayError[] = [];
  const batches = await read(['data: odd\n\ndata: a\n\n'], { unreadable: (error) => void reported.push(error) });
  expect(shown(batches)).toEqual([{ bytes: 'data: odd\n\ndata: a\n\n', events: ['a'] }]);
  expect(reported).toEqual([odd]);
});

test('an event that cannot be read ends the stream where that is thrown', async () => {
  const unreadable = (error: GatewayError): never => {
    throw error;
  };
  await expect(read(['data: odd\n\n'], { unreadable })).rejects.toBe(odd);
});

test('a bug of the reader is no event that cannot be read', async () => {
  const reported: GatewayError[] = [];
  await expect(read(['data: bug\n\n'], { unreadable: (error) => void reported.push(error) })).rejects.toThrow('a bug');
  expect(reported).toEqual([]);
});

test('a body that breaks off breaks the stream', async () => {
  await expect(read(['data: a\n\n', broken])).rejects.toBe(broken);
});

test('an event that is read as 200,000 does not exhaust the stack, amid a stream and at its end', async () => {
  const many: ChatEvent[] = Array.from({ length: 200_000 }, () => ({ type: 'text', text: 'a' }));
  const reader: StreamReader = { read: () => many, end: () => many };
  const body = streamOf<Uint8Array>([Buffer.from('data: a\n\n'), Buffer.from('data: b')]);
  const batches = await piecesOf(readStream(body, sseFramer(), reader, () => {}));
  expect(batches.map(({ events }) => events.length)).toEqual([200_000, 400_000]);
});

test('events without data are passed, but not any number of them in a row', async () => {
  const some = 'data\n\n'.repeat(9_000);
  const passed = await read([some, some, 'data: a\n\n', some, some]);
  expect(shown(passed).map(({ bytes }) => bytes)).toEqual([some, some, 'data: a\n\n', some, some]);
  await expect(read(['data: a\n\n', some, some, some])).rejects.toMatchObject({
    kind: 'upstream',
    message: 'The provider sent more than 20000 events without data in a row.',
  });
});

test('events that say nothing are passed, but not any number of them in a row', async () => {
  const reader: StreamReader = {
    read: ({ data }) => (data === 'a' ? [{ type: 'text', text: 'a' }] : []),
    end: () => [],
  };
  const from = (...texts: string[]) =>
    piecesOf(readStream(streamOf<Uint8Array>(texts.map((text) => Buffer.from(text))), sseFramer(), reader, () => {}));
  const some = 'data: {}\n\n'.repeat(45_000);
  expect((await from(some, some, 'data: a\n\n', some, some)).flatMap(({ frames }) => frames)).toHaveLength(180_001);
  await expect(from('data: a\n\n', some, some, some)).rejects.toMatchObject({
    kind: 'upstream',
    message: 'The provider sent more than 100000 events without content in a row.',
  });
});

test('comments that come together count once', async () => {
  const comments = ': c\n\n'.repeat(9_000);
  expect(await read([comments, comments, comments, 'data: a\n\n'])).toHaveLength(4);
});
