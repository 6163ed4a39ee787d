import { expect, test } from 'vitest';
import type { ChatEvent } from '../../shared/chat/events.ts';
import { GatewayError, isRefusal } from '../../shared/errors.ts';
import { firstEvent } from '../../shared/upstream/first-event.ts';
import type { Batch } from '../../shared/upstream/read-stream.ts';
import { piecesOf, streamOf } from '../support/streams.ts';

const start: ChatEvent = { type: 'start', id: 'x', model: 'm' };
const usage: ChatEvent = { type: 'usage', usage: { input: 1, output: 0 } };
const text: ChatEvent = { type: 'text', text: 'hi' };
const batch = (...events: ChatEvent[]): Batch => ({ frames: [], events });
const overloaded = new GatewayError('overloaded', 'Busy.');

async function begin(...pieces: (Batch | Error)[]) {
  const stream = streamOf(pieces);
  return { stream, begun: await firstEvent(stream) };
}

test('the stream is given on from its beginning once an event with content is there', async () => {
  const batches = [batch(start), batch(usage), batch(text), batch(text)];
  const { begun } = await begin(...batches);
  expect(isRefusal(begun)).toBe(false);
  expect(await piecesOf(begun as AsyncIterable<Batch>)).toEqual(batches);
});

test('the end of the answer is content too: an empty answer is one', async () => {
  const { begun } = await begin(batch(start, { type: 'finish', reason: 'stop' }));
  expect(isRefusal(begun)).toBe(false);
});

test('an error before any content is a refusal, and the stream is ended', async () => {
  const { begun, stream } = await begin(batch(start), batch(usage, { type: 'error', error: overloaded }), batch(text));
  expect(begun).toEqual({ refusal: overloaded });
  expect(stream.wasEnded()).toBe(true);
});

test('an error after content of the same batch is no refusal any more', async () => {
  const { begun } = await begin(batch(text, { type: 'error', error: overloaded }));
  expect(isRefusal(begun)).toBe(false);
});

test.each([[[]], [[batch(start)]], [[batch(start), batch(usage)]]])(
  'a stream that says nothing is a refusal: %j',
  async (batches) => {
    const { begun } = await begin(...batches);
    expect(begun).toMatchObject({
      refusal: { kind: 'upstream', message: 'The provider answered with an empty stream.' },
    });
  },
);

test('a stream that breaks before any content is a refusal with its own error', async () => {
  const { begun } = await begin(batch(start), overloaded);
  expect(begun).toEqual({ refusal: overloaded });
  const bug = new TypeError('a bug');
  expect((await begin(bug)).begun).toMatchObject({ refusal: { kind: 'internal', cause: bug } });
});

test('a stream that breaks later breaks there', async () => {
  const { begun } = await begin(batch(text), overloaded);
  await expect(piecesOf(begun as AsyncIterable<Batch>)).rejects.toBe(overloaded);
});

test('a reader who leaves ends the stream itself, before and after what was held back is read', async () => {
  const { begun, stream } = await begin(batch(start), batch(text));
  for await (const _ of begun as AsyncIterable<Batch>) break;
  expect(stream.wasEnded()).toBe(true);
});
