import { expect, test } from 'vitest';
import { createMeter } from '../../shared/accounting/meter.ts';
import type { ChatEvent, FinishReason } from '../../shared/chat/events.ts';
import type { ChatReply } from '../../shared/chat/reply.ts';
import type { Usage } from '../../shared/chat/usage.ts';
import { GatewayError } from '../../shared/errors.ts';
import { createFakeTime } from '../support/fake-time.ts';

const text = (words: string): ChatEvent => ({ type: 'text', text: words });
const usage = (input: number, output: number): ChatEvent => ({ type: 'usage', usage: { input, output } });
const finish: ChatEvent = { type: 'finish', reason: 'stop' };

function meterOf(tokens = 100) {
  const time = createFakeTime({ now: 100 });
  return { time, meter: createMeter(() => tokens, time) };
}

/** What is owed after these events of a stream. */
function owed(events: readonly ChatEvent[]): Usage | undefined {
  const { meter } = meterOf();
  meter.answered();
  meter.see(events);
  return meter.reading().usage;
}

function replyOf(extra: Partial<ChatReply> = {}): ChatReply {
  return { id: 'x', model: 'm', choices: [{ parts: [{ type: 'text', text: 'hi' }], finish: 'length' }], ...extra };
}

test('nothing is owed to a provider that never began to answer', () => {
  expect(meterOf().meter.reading()).toEqual({
    usage: undefined,
    firstTokenAt: undefined,
    finish: undefined,
    error: undefined,
    unreadable: 0,
  });
});

test('a provider that began to answer is owed the input, as estimated from the request', () => {
  expect(owed([])).toEqual({ input: 100, output: 0, estimated: true });
});

test('a provider that was sent the request and neither answered nor refused is owed the input', () => {
  const { meter } = meterOf();
  meter.unanswered();
  expect(meter.reading().usage).toEqual({ input: 100, output: 0, estimated: true });
  meter.seeUsage({ input: 7, output: 2 });
  expect(meter.reading().usage).toEqual({ input: 7, output: 2 });
});

test('a provider that reports no usage is owed what was seen of text, thinking, refusals, arguments and names of tools', () => {
  const events: ChatEvent[] = [
    text('12'),
    { type: 'thinking', text: '3456' },
    { type: 'refusal', text: '78' },
    { type: 'tool-call', index: 0, id: 'c', name: 'find' },
    { type: 'tool-arguments', index: 0, text: '{"a":1}1' },
    finish,
  ];
  expect(owed(events)).toEqual({ input: 100, output: 5, estimated: true });
});

test('what was seen is counted in bytes of UTF-8', () => {
  expect(owed([text('世界世界'), finish])?.output).toBe(3);
});

test('events that carry no words of the model add nothing', () => {
  const silent: ChatEvent[] = [
    { type: 'start', id: 'x', model: 'm' },
    { type: 'part-end' },
    { type: 'logprobs', logprobs: { content: [] } },
  ];
  expect(owed(silent)?.output).toBe(0);
});

test('the last report of usage counts, and reports are never added', () => {
  expect(owed([usage(5, 1), text('a'), usage(5, 7), finish])).toEqual({ input: 5, output: 7 });
});

test('a finished stream counts what was reported, however much was seen', () => {
  expect(owed([usage(5, 1), text('x'.repeat(400)), finish])).toEqual({ input: 5, output: 1 });
});

test('a stream that broke off counts the larger of what was reported and what was seen', () => {
  expect(owed([usage(5, 1), text('x'.repeat(400))])).toEqual({ input: 5, output: 100, estimated: true });
  expect(owed([usage(5, 101), text('x'.repeat(400))])).toEqual({ input: 5, output: 101 });
  expect(owed([usage(5, 100), text('x'.repeat(400))])).toEqual({ input: 5, output: 100 });
});

test.each<ChatEvent>([
  text('a'),
  { type: 'thinking', text: 'a' },
  { type: 'refusal', text: 'a' },
  { type: 'tool-call', index: 0, id: 'c', name: 'f' },
  { type: 'tool-arguments', index: 0, text: '{' },
])('the first token is the first event with words of the model: %j', async (event) => {
  const { meter, time } = meterOf();
  meter.see([{ type: 'start', id: 'x', model: 'm' }, usage(1, 0)]);
  expect(meter.reading().firstTokenAt).toBeUndefined();
  await time.advance(20);
  meter.see([event]);
  await time.advance(20);
  meter.see([event, text('b'), finish]);
  expect(meter.reading().firstTokenAt).toBe(120);
});

test('the first error in a stream and its last finish are remembered', () => {
  const { meter } = meterOf();
  const first = new GatewayError('upstream', 'First.');
  const reasons: FinishReason[] = ['stop', 'tool-calls'];
  meter.see(reasons.map((reason) => ({ type: 'finish', reason })));
  meter.see([
    { type: 'error', error: first },
    { type: 'error', error: new GatewayError('overloaded', 'Second.') },
  ]);
  expect(meter.reading()).toMatchObject({ finish: 'tool-calls', error: first });
});

test('a whole reply gives its usage, its finish and the time it came', async () => {
  const { meter, time } = meterOf();
  await time.advance(5);
  meter.answered();
  meter.seeReply(replyOf({ usage: { input: 3, output: 4 } }));
  await time.advance(5);
  expect(meter.reading()).toMatchObject({ usage: { input: 3, output: 4 }, finish: 'length', firstTokenAt: 105 });
});

test('a whole reply without usage is owed what its choices hold, as they are written', () => {
  const { meter } = meterOf();
  const reply = replyOf();
  meter.answered();
  meter.seeReply(reply);
  const bytes = JSON.stringify(reply.choices).length;
  expect(meter.reading().usage).toEqual({ input: 100, output: Math.ceil(bytes / 4), estimated: true });
});

test('a whole reply that reports its usage is owed that, however much it holds', () => {
  const { meter } = meterOf();
  meter.seeReply(replyOf({ choices: [], usage: { input: 3, output: 0 } }));
  expect(meter.reading().usage).toEqual({ input: 3, output: 0 });
});

test('a whole reply without choices or usage leaves what is known as it was', async () => {
  const { meter, time } = meterOf();
  meter.see([text('a'), usage(3, 4), finish]);
  await time.advance(5);
  meter.seeReply(replyOf({ choices: [] }));
  expect(meter.reading()).toMatchObject({ usage: { input: 3, output: 4 }, finish: 'stop', firstTokenAt: 100 });
});

test('usage without a conversation is a running total, and begins the answer', async () => {
  const { meter, time } = meterOf();
  meter.seeUsage({ input: 3, output: 0 });
  await time.advance(5);
  meter.seeUsage({ input: 9, output: 0 });
  expect(meter.reading()).toMatchObject({ usage: { input: 9, output: 0 }, firstTokenAt: 100 });
});

test('events that could not be read are counted', () => {
  const { meter } = meterOf();
  meter.unreadable();
  meter.unreadable();
  expect(meter.reading().unreadable).toBe(2);
});

test('images and a sound are counted flat where nothing is reported: each image, and the pieces of a sound once', () => {
  const image: ChatEvent = { type: 'media', media: 'image', mediaType: '', data: '' };
  const sound: ChatEvent = { type: 'media', media: 'audio', mediaType: '', data: '' };
  expect(owed([image, image, finish])).toEqual({ input: 100, output: 3_000, estimated: true });
  expect(owed([sound, sound, finish])).toEqual({ input: 100, output: 1_500, estimated: true });
  expect(owed([image, usage(3, 4), finish])).toEqual({ input: 3, output: 4 });
  const { meter, time } = meterOf();
  meter.see([sound]);
  expect(meter.reading().firstTokenAt).toBe(time.now());
});
