import { expect, test } from 'vitest';
import type { StreamReader, StreamState } from '../../shared/dialects/dialect.ts';
import { type ErrorKind, GatewayError } from '../../shared/errors.ts';
import { sseFramer } from '../../shared/http/sse.ts';
import { type Batch, readStream } from '../../shared/upstream/read-stream.ts';

/** The data of an event is the state after it, of which `more` and `count` change nothing; `half` cannot be read. */
function stateReader(): StreamReader {
  let now: StreamState = 'open';
  return {
    read({ data }) {
      if (data === 'half') throw new GatewayError('upstream', 'That is no event.');
      if (data === 'count') return [{ type: 'usage', usage: { input: 1, output: 1 } }];
      if (!data.startsWith('more')) now = data as StreamState;
      return [{ type: 'text', text: data }];
    },
    end: () => (now === 'open' ? [{ type: 'error', error: new GatewayError('upstream', 'It broke off.') }] : []),
    state: () => now,
  };
}

async function read(pieces: readonly (string | Error)[]) {
  let position = 0;
  const waits: (number | undefined)[] = [];
  const overs: 1[] = [];
  const body: AsyncIterator<Uint8Array> & AsyncIterable<Uint8Array> = {
    async next() {
      const piece = pieces[position];
      position += 1;
      if (piece instanceof Error) throw piece;
      return piece === undefined ? { done: true, value: undefined } : { done: false, value: Buffer.from(piece) };
    },
    async return() {
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => body,
  };
  const connection = { expectEnd: (ms?: number) => void waits.push(ms), over: () => void overs.push(1) };
  const batches: Batch[] = [];
  const unreadable: string[] = [];
  const stream = readStream(
    body,
    sseFramer(),
    stateReader(),
    ({ message }) => void unreadable.push(message),
    connection,
  );
  for await (const batch of stream) batches.push(batch);
  const text = Buffer.concat(batches.flatMap(({ frames }) => frames.map(({ bytes }) => bytes))).toString();
  const events = batches.flatMap((batch) =>
    batch.events.map((event) => (event.type === 'text' ? event.text : event.type)),
  );
  return { text, events, waits, overs: overs.length, unreadable };
}

const data = (state: string): string => `data: ${state}\n\n`;
const failed = (kind: ErrorKind): GatewayError => new GatewayError(kind, 'x');

test('nothing behind the last event is read or given on, in the same piece or in another', async () => {
  const { text, events, overs } = await read([
    data('open') + data('over') + data('open'),
    data('open'),
    failed('upstream'),
  ]);
  expect([text, events, overs]).toEqual([data('open') + data('over'), ['open', 'over'], 1]);
});

test('once only counts may follow, the rest has a time, which ends where more does', async () => {
  const { waits } = await read([data('open'), data('ending'), ': ping\n\n', data('open'), data('ending')]);
  expect(waits).toEqual([3_000, undefined, 3_000]);
});

test('neither comments nor counts nor repetitions behind a reason to stop begin that time anew', async () => {
  const { waits } = await read([data('ending'), ': ping\n\n', data('count'), data('count'), ': x\n\n', data('count')]);
  expect(waits).toEqual([3_000]);
  const again = await read([data('open'), data('open'), data('ending'), data('ending'), data('ending').repeat(3)]);
  expect([again.waits, again.events]).toEqual([[3_000], ['open', 'open', 'ending']]);
  expect(again.text).toBe(data('open') + data('open') + data('ending'));
});

test('content behind a reason to stop begins it anew, but not for ever', async () => {
  const { waits, events } = await read([data('ending'), data('more 1'), data('more 2')]);
  expect([waits, events]).toEqual([
    [3_000, 3_000, 3_000],
    ['ending', 'more 1', 'more 2'],
  ]);
  const many = await read([data('ending'), ...Array.from({ length: 3_000 }, (_, turn) => data(`more ${turn % 2}`))]);
  expect(many.waits).toHaveLength(1_001);
});

test.each<ErrorKind>(['upstream', 'timeout'])(
  'a break of kind %s where only counts may follow is an end',
  async (kind) => {
    expect((await read([data('ending'), failed(kind)])).events).toEqual(['ending']);
    await expect(read([data('open'), failed(kind)])).rejects.toMatchObject({ kind });
  },
);

test('a caller who left is no end of an answer', async () => {
  await expect(read([data('ending'), failed('caller_left')])).rejects.toMatchObject({ kind: 'caller_left' });
});

test('half an event at the end is neither given on nor an error of its own', async () => {
  expect(await read([data('ending'), 'data: half'])).toMatchObject({ text: data('ending'), events: ['ending'] });
  expect(await read([data('open'), 'data: half'])).toMatchObject({
    text: data('open'),
    events: ['open', 'error'],
    unreadable: [],
  });
  expect(await read([data('open'), 'event: na'])).toMatchObject({ text: data('open'), events: ['open', 'error'] });
  expect(await read([data('open'), 'data: ending'])).toMatchObject({ text: data('open') + data('ending') });
});

test('an event in the middle that cannot be read is given on, and reported', async () => {
  const { text, unreadable } = await read([data('half') + data('over')]);
  expect([text, unreadable]).toEqual([data('half') + data('over'), ['That is no event.']]);
});

test('events without data behind a reason to stop are an end, however many', async () => {
  const { events } = await read([data('ending'), 'data\n\n'.repeat(20_001), 'data\n\n', failed('caller_left')]);
  expect(events).toEqual(['ending']);
});
