import { expect, test } from 'vitest';
import type { ChatEvent } from '../../../shared/chat/events.ts';
import type { StreamReader } from '../../../shared/dialects/dialect.ts';
import {
  imageReplies,
  imageUsage,
  speechReplies,
  speechUsage,
  transcriptReplies,
  transcriptUsage,
} from '../../../shared/dialects/kit/openai/media-replies.ts';

function read(reader: StreamReader, ...events: (object | string)[]): ChatEvent[] {
  const texts = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
  return [...texts.flatMap((data) => reader.read({ data })), ...reader.end()];
}

const typesOf = (events: readonly ChatEvent[]): string[] => events.map(({ type }) => type);

test.each([
  [imageUsage, { usage: { input_tokens: 1, output_tokens: 2 } }, { input: 1, output: 2 }],
  [imageUsage, {}, undefined],
  [imageUsage, { usage: null }, undefined],
  [imageUsage, { usage: { images: 3 } }, undefined],
  [speechUsage, { usage: { input_tokens: 1, output_tokens: 2 } }, { input: 1, output: 2, audioOutput: 2 }],
  [transcriptUsage, { usage: { prompt_tokens: 1, completion_tokens: 2 } }, { input: 1, output: 2 }],
  [transcriptUsage, { usage: { type: 'duration', seconds: 0.2 } }, { input: 0, output: 0, audioSeconds: 1 }],
  [transcriptUsage, { duration: '8.47' }, { input: 0, output: 0, audioSeconds: 9 }],
  [transcriptUsage, { duration: 'long' }, undefined],
  [transcriptUsage, { usage: { type: 'tokens', output_tokens: 2 }, duration: 5 }, { input: 0, output: 2 }],
  [
    transcriptUsage,
    { usage: { input_tokens: 9, output_tokens: 1, input_token_details: { audio_tokens: 8 } } },
    { input: 9, output: 1, audioInput: 8 },
  ],
])('usage is read where it is reported: %#', (usageOf, reply, usage) => {
  expect(usageOf(reply)).toEqual(usage);
});

test('a whole reply without usage says how many images it holds, or its text', () => {
  expect(imageReplies.contentOf({ data: [{}, {}] })).toHaveLength(2);
  expect(imageReplies.contentOf({})).toEqual([]);
  expect(transcriptReplies.contentOf({ text: 'hi' })).toEqual([{ type: 'text', text: 'hi' }]);
  expect(transcriptReplies.contentOf({ text: 7 })).toEqual([{ type: 'text', text: '' }]);
  expect(typesOf(speechReplies.contentOf({}))).toEqual(['media']);
});

test('images may follow one another in a stream: only its end is the end', () => {
  const reader = imageReplies.streamReader();
  const done = { type: 'image_generation.completed', usage: { input_tokens: 1, output_tokens: 2 } };
  const events = [reader.read({ data: JSON.stringify({ type: 'image_generation.partial_image' }) })];
  events.push(reader.read({ data: JSON.stringify(done) }));
  expect(reader.state?.()).toBe('open');
  events.push(reader.read({ data: JSON.stringify(done) }), reader.end());
  expect(events.map(typesOf)).toEqual([['media'], ['text', 'usage', 'finish'], ['media', 'usage', 'finish'], []]);
});

test('an image is counted once, from its first part on', () => {
  const partial = { type: 'image_edit.partial_image' };
  const done = { type: 'image_edit.completed' };
  const imagesOf = (...events: object[]): number =>
    read(imageReplies.streamReader(), ...events).filter(({ type }) => type === 'media').length;
  expect(imagesOf(partial, partial)).toBe(1);
  expect(imagesOf(partial, partial, done)).toBe(1);
  expect(imagesOf(partial, done, partial)).toBe(2);
  expect(imagesOf(partial, partial, done, done)).toBe(2);
});

test('what cannot be read holds as many images as were asked for, or a sound', () => {
  const asked = (n: unknown): number => imageReplies.unread({ n }).length;
  expect([asked(undefined), asked(null), asked(3), asked('2'), asked(0), asked('x'), asked(1e9)]).toEqual([
    1, 1, 3, 2, 1, 1, 10,
  ]);
  expect(typesOf(speechReplies.unread({}))).toEqual(['media']);
  expect(transcriptReplies.unread({})).toEqual([]);
});

test('behind the last event of speech and transcripts only counts may follow, behind [DONE] nothing', () => {
  const reader = speechReplies.streamReader();
  expect(typesOf(read(reader, { type: 'speech.audio.delta' }, { type: 'speech.audio.done' }))).toEqual([
    'media',
    'media',
    'finish',
  ]);
  expect(reader.state?.()).toBe('ending');
  reader.read({ data: '[DONE]' });
  expect(reader.state?.()).toBe('over');
});

test('a transcript is counted by its pieces, else by its whole text; chunks in the form of a conversation count too', () => {
  const textIn = (...events: (object | string)[]) =>
    read(transcriptReplies.streamReader(), ...events)
      .map((event) => (event.type === 'text' ? event.text : ''))
      .join('');
  const done = { type: 'transcript.text.done', text: 'hello' };
  expect(textIn({ type: 'transcript.text.delta', delta: 'hel' }, { type: 'x', delta: 'lo' }, done)).toBe('hello');
  expect(textIn(done)).toBe('hello');
  expect(textIn({ choices: [{ delta: { content: 'hello' } }] }, '[DONE]')).toBe('hello');
});

test.each([
  { type: 'error', error: { message: 'Too long.', code: 'invalid_value' } },
  { error: 'Too long.' },
  { type: 'error', message: 'Too long.' },
])('an error within the stream is one: %j', (event) => {
  expect(speechReplies.streamReader().read({ data: JSON.stringify(event) })).toMatchObject([
    { type: 'error', error: { message: 'Too long.' } },
  ]);
});

test('a stream that ends before its last event broke off, and what is no JSON cannot be read', () => {
  expect(typesOf(read(imageReplies.streamReader(), { type: 'image_edit.partial_image' }))).toEqual(['media', 'error']);
  expect(() => imageReplies.streamReader().read({ data: 'hello' })).toThrow('not JSON');
});
