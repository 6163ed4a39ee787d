import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../shared/chat/events.ts';
import { collectReply, replayReply } from '../../../shared/chat/reply.ts';
import { openaiResponsesClient as client } from '../../../shared/dialects/openai-responses/client/dialect.ts';
import { streamWriter } from '../../../shared/dialects/openai-responses/client/write-stream.ts';
import { forCaller, GatewayError } from '../../../shared/errors.ts';
import { respond, respondLater } from '../../../shared/gateway/respond.ts';
import type { JsonObject } from '../../../shared/http/json.ts';
import type { Outgoing } from '../../../shared/http/message.ts';
import { sseFramer } from '../../../shared/http/sse.ts';
import { openaiResponses as upstream } from './held.ts';
import { context, read } from './wire.ts';

const text = fc.string({ minLength: 1, unit: 'grapheme' }).map((value) => value.toWellFormed());
const ownSignature = fc.record({ issuer: fc.constantFrom('openai', 'anthropic', 'gemini'), value: text, id: text });
const part = (n: number) =>
  fc.oneof(
    text.map((value) => ({ type: 'text' as const, text: value })),
    text.map((value) => ({ type: 'refusal' as const, text: value })),
    fc.record({
      type: fc.constant('thinking' as const),
      text: fc.oneof(text, fc.constant('')),
      signature: ownSignature,
    }),
    text.map((value) => ({ type: 'thinking' as const, text: value })),
    fc.record({
      type: fc.constant('tool-call' as const),
      id: fc.constant(`call_${n}`),
      name: text,
      arguments: fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
    }),
    fc.record({
      type: fc.constant('tool-call' as const),
      kind: fc.constant('custom' as const),
      id: fc.constant(`call_${n}`),
      name: text,
      arguments: text,
    }),
    fc.constant({
      type: 'image' as const,
      source: { type: 'data' as const, mediaType: 'image/png', data: 'iVBORw0=' },
    }),
  );
const reply = fc.record({
  id: fc.constant('resp_1'),
  model: fc.constant('m'),
  created: fc.constant(1_700_000_000),
  choices: fc
    .nat(5)
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, n) => part(n))))
    .map((parts) => {
      const finish: 'tool-calls' | 'stop' = parts.some(({ type }) => type === 'tool-call') ? 'tool-calls' : 'stop';
      return [{ parts, finish }];
    }),
  usage: fc.record({ input: fc.nat(9), output: fc.nat(9) }),
});

function written(events: readonly ChatEvent[]): string {
  const writer = streamWriter({ streamUsage: true }, context);
  return events.map((event) => writer.write(event)).join('') + writer.end();
}

const eventsOf = (stream: string): JsonObject[] =>
  sseFramer()
    .push(Buffer.from(stream))
    .map(({ event }) => {
      const data = JSON.parse(event!.data);
      expect(event!.event).toBe(data.type);
      return data;
    });

/** The documented order of a stream, checked as a client would that believes in it. */
function checkOrder(events: readonly JsonObject[]): void {
  expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, position) => position));
  expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['response.created', 'response.in_progress']);
  const terminal = /^response\.(?:completed|incomplete|failed)$/;
  expect(events.filter(({ type }) => terminal.test(String(type)))).toEqual([events.at(-1)]);
  const open = new Map<unknown, string>();
  const closed: JsonObject[] = [];
  for (const event of events.slice(2, -1)) {
    const { type, output_index: index, item } = event as { type: string; output_index: number; item: JsonObject };
    if (type === 'response.output_item.added') {
      expect(index).toBe(open.size + closed.filter(Boolean).length);
      open.set(index, String(item.id));
    } else if (type === 'response.output_item.done') {
      expect(open.get(index)).toBe(item.id);
      open.delete(index);
      closed[index] = item;
    } else {
      expect(open.get(index)).toBe(event.item_id);
    }
  }
  expect(open.size).toBe(0);
  expect((events.at(-1)!.response as JsonObject).output).toEqual(closed);
}

describe('a stream', () => {
  test('#93 has the documented order and numbers, and ends with the items it closed', () => {
    fc.assert(
      fc.property(reply, (answer) => checkOrder(eventsOf(written(replayReply(answer))))),
      { numRuns: 150 },
    );
  });

  test('#59 #78 is read again as it was, and says what the whole reply says', () => {
    fc.assert(
      fc.property(reply, (answer) => {
        const stream = written(replayReply(answer));
        const again = collectReply(read(stream));
        const whole = client.writeReply(answer, context);
        expect((eventsOf(stream).at(-1)!.response as JsonObject).output).toEqual(whole.output);
        expect(again).toEqual(upstream.readReply(whole, context));
        expect(again.choices).toEqual(collectReply(replayReply(answer)).choices);
        expect(again.usage).toEqual(answer.usage);
      }),
      { numRuns: 150 },
    );
  });

  test('calls stay open while others are written, text and thinking do not', () => {
    const stream = written([
      { type: 'start', id: 'x', model: 'm' },
      { type: 'text', text: 'a' },
      { type: 'tool-call', index: 0, id: 'c0', name: 'f' },
      { type: 'tool-call', index: 1, id: 'c1', name: 'f' },
      { type: 'tool-arguments', index: 0, text: '{"a":1}' },
      { type: 'text', text: 'b' },
      { type: 'tool-arguments', index: 1, text: '{"b":2}' },
      { type: 'finish', reason: 'tool-calls' },
    ]);
    const events = eventsOf(stream);
    checkOrder(events);
    expect((events.at(-1)!.response as JsonObject).output).toMatchObject([
      { content: [{ text: 'a' }] },
      { arguments: '{"a":1}' },
      { arguments: '{"b":2}' },
      { content: [{ text: 'b' }] },
    ]);
  });

  test.each([
    ['length', 'incomplete', 'max_output_tokens'],
    ['context', 'incomplete', 'max_output_tokens'],
    ['refused', 'incomplete', 'content_filter'],
    ['stop-sequence', 'completed', undefined],
    ['paused', 'completed', undefined],
  ] as const)('#38 an end of %s is %s', (reason, status, why) => {
    const last = eventsOf(
      written([
        { type: 'text', text: 'x' },
        { type: 'finish', reason },
      ]),
    ).at(-1);
    expect(last).toMatchObject({ type: `response.${status}`, response: { status } });
    expect((last!.response as JsonObject).incomplete_details).toEqual(why ? { reason: why } : null);
  });

  test('#24 #44 empty pieces add nothing, and the counts come with the end alone', () => {
    const events = eventsOf(
      written([
        { type: 'part-end' },
        { type: 'tool-arguments', index: 7, text: 'x' },
        { type: 'usage', usage: { input: 1, output: 1 } },
        { type: 'usage', usage: { input: 2, output: 3 } },
        { type: 'finish', reason: 'stop' },
      ]),
    );
    expect(events.map(({ type }) => type)).toEqual(['response.created', 'response.in_progress', 'response.completed']);
    expect(events[0]).toMatchObject({ response: { usage: null, output: [] } });
    expect(events.at(-1)).toMatchObject({
      response: { usage: { input_tokens: 2, output_tokens: 3, total_tokens: 5 } },
    });
  });

  test('#39 what was said before a filter stays', () => {
    const events = eventsOf(
      written([
        { type: 'text', text: 'part' },
        { type: 'finish', reason: 'refused' },
      ]),
    );
    expect(events.at(-1)).toMatchObject({
      response: { output: [{ status: 'incomplete', content: [{ text: 'part' }] }] },
    });
  });

  test('log probabilities stand on the text they are of', () => {
    const token = { token: 'a', logprob: -0.1, bytes: [97], top_logprobs: [] };
    const events: ChatEvent[] = [
      { type: 'text', text: 'a' },
      { type: 'logprobs', logprobs: { content: [token] } },
      { type: 'finish', reason: 'stop' },
    ];
    const said = { content: [{ text: 'a', logprobs: [token] }] };
    expect(eventsOf(written(events)).at(-1)).toMatchObject({ response: { output: [said] } });
    const answer = collectReply([{ type: 'start', id: '', model: 'm' }, ...events]);
    expect(client.writeReply(answer, context)).toMatchObject({ output: [said] });
  });
});

async function piecesOf({ body }: Outgoing): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body as AsyncIterable<Uint8Array>) pieces.push(piece);
  return pieces;
}

describe('an error inside a stream', () => {
  const error = new GatewayError('upstream', 'The provider broke off.');

  test('#27 #30 follows what was written: error, then the failed response with what there was', () => {
    const writer = streamWriter({ streamUsage: true }, context);
    const given = [{ type: 'start', id: 'x', model: 'm' } as const, { type: 'text', text: 'half' } as const];
    const events = eventsOf(
      given.map((event) => writer.write(event)).join('') + writer.write({ type: 'error', error }),
    );
    expect(events.map(({ sequence_number: number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(events.slice(-2)).toMatchObject([
      { type: 'error', message: 'The provider broke off.', error: { type: 'server_error' } },
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'server_error' }, output: [{ type: 'message' }] },
      },
    ]);
  });

  test('#30 from outside goes on with the numbers and the response of what the caller was sent', () => {
    const stream = written([
      { type: 'start', id: 'resp_9', model: 'm' },
      { type: 'text', text: 'a' },
    ]);
    const frames = sseFramer()
      .push(Buffer.from(stream))
      .map(({ bytes }) => bytes);
    const given = { first: frames[0]!, last: Buffer.concat(frames.slice(3, 5)) };
    const [failed, response] = eventsOf(client.errorEvent(error, 'req_1', given));
    expect(failed).toMatchObject({ type: 'error', sequence_number: 5 });
    expect(response).toMatchObject({
      type: 'response.failed',
      sequence_number: 6,
      response: { id: 'resp_9', status: 'failed', output: [], error: { message: 'The provider broke off.' } },
    });
  });

  test('#27 the gateway sends it so, however the stream broke', async () => {
    const frames = sseFramer()
      .push(Buffer.from(written([{ type: 'text', text: 'a' }])))
      .map(({ bytes }) => bytes)
      .slice(0, 5);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* frames;
      throw error;
    }
    const keepAlive = { bytes: Buffer.from(client.keepAlive), everyMs: 1000 };
    const failures: GatewayError[] = [];
    const account = { failed: (failure: GatewayError) => void failures.push(failure) };
    const call = { dialect: client, id: 'req_1', account, forCaller };
    const answer = { body: broken(), contentType: 'text/event-stream', dropped: [] };
    const now = await piecesOf(respond(answer, call, keepAlive));
    const later = respondLater(Promise.resolve({ ...answer, body: broken() }), call, keepAlive);
    const pieces = await piecesOf(later);
    expect(Buffer.concat(pieces).toString()).toBe(client.keepAlive + Buffer.concat(now).toString());
    const events = eventsOf(Buffer.concat(now).toString());
    expect(events.map(({ sequence_number: number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { id: 'resp_abc123' } });
    expect(failures).toEqual([error, error]);
  });

  test('before any answer is a stream of its own', () => {
    expect(eventsOf(client.errorEvent(error, 'req_1'))).toMatchObject([
      { type: 'error', sequence_number: 0 },
      { type: 'response.failed', sequence_number: 1, response: { id: 'resp_1', status: 'failed' } },
    ]);
  });
});
