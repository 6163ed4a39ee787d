import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../shared/chat/events.ts';
import { collectReply } from '../../../shared/chat/reply.ts';
import { bedrock } from '../../../shared/dialects/bedrock/dialect.ts';
import type { ReadContext } from '../../../shared/dialects/dialect.ts';
import { GatewayError } from '../../../shared/errors.ts';
import { cutAt, eventFrame, exceptionFrame } from './frames.ts';

const context: ReadContext = { id: 'abc123', model: 'claude', now: 1_763_640_000 };

/** Reads a stream as the gateway does: bytes, frames, events. */
function read(pieces: readonly Uint8Array[], given: Partial<ReadContext> = {}): ChatEvent[] {
  const framer = bedrock.framer!();
  const reader = bedrock.streamReader({ ...context, ...given });
  const take = (frames: ReturnType<typeof framer.push>): ChatEvent[] =>
    frames.flatMap(({ event }) => (event ? reader.read(event) : []));
  return [...pieces.flatMap((piece) => take(framer.push(piece))), ...take(framer.end()), ...reader.end()];
}

const start = eventFrame('messageStart', { role: 'assistant' });
const delta = (contentBlockIndex: number, content: object): Buffer =>
  eventFrame('contentBlockDelta', { contentBlockIndex, delta: content });
const stop = (contentBlockIndex: number): Buffer => eventFrame('contentBlockStop', { contentBlockIndex });
const tool = (contentBlockIndex: number, toolUseId: string, name: string): Buffer =>
  eventFrame('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } });
const messageStop = (stopReason: string, more: object = {}): Buffer =>
  eventFrame('messageStop', { stopReason, ...more });
const metadata = eventFrame('metadata', {
  usage: {
    inputTokens: 12,
    outputTokens: 34,
    totalTokens: 1646,
    cacheReadInputTokens: 1500,
    cacheWriteInputTokens: 100,
    cacheDetails: [
      { ttl: '1h', inputTokens: 60 },
      { ttl: '5m', inputTokens: 40 },
    ],
  },
  metrics: { latencyMs: 551 },
});

const spoken = [
  start,
  delta(0, { text: 'Hello' }),
  delta(0, { text: ', world' }),
  stop(0),
  messageStop('end_turn'),
  metadata,
];

const thinksAndCalls = [
  start,
  delta(0, { reasoningContent: { text: 'The user wants ' } }),
  delta(0, { reasoningContent: { text: 'two cities.' } }),
  delta(0, { reasoningContent: { signature: 'c2lnbmF0dXJl' } }),
  stop(0),
  delta(1, { text: 'Looking 🌦' }),
  stop(1),
  tool(2, 'tooluse_AAA', 'weather'),
  delta(2, { toolUse: { input: '' } }),
  delta(2, { toolUse: { input: '{"city":"Pa' } }),
  delta(2, { toolUse: { input: 'ris"}' } }),
  stop(2),
  tool(3, 'tooluse_BBB', 'weather'),
  delta(3, { toolUse: { input: '{"city":"Rome","id":1917043659912705296}' } }),
  stop(3),
  messageStop('tool_use'),
  metadata,
];

describe('the stream of ConverseStream', () => {
  test('text is told as it comes, and the finish comes after the token counts', () => {
    expect(read(spoken)).toEqual([
      { type: 'start', id: 'msg_abc123', model: 'claude', created: 1_763_640_000 },
      { type: 'text', text: 'Hello' },
      { type: 'text', text: ', world' },
      { type: 'part-end' },
      expect.objectContaining({ type: 'usage' }),
      { type: 'finish', reason: 'stop' },
    ]);
  });

  test('#41 what was read from the cache and written to it is within the input', () => {
    expect(collectReply(read(spoken)).usage).toEqual({
      input: 1612,
      output: 34,
      cacheRead: 1500,
      cacheWrite: 100,
      cacheWriteHour: 60,
    });
  });

  test('thinking with its seal, text and parallel calls become parts in order, calls with indexes of their own', () => {
    const reply = collectReply(read(thinksAndCalls));
    expect(reply.choices).toEqual([
      {
        finish: 'tool-calls',
        parts: [
          {
            type: 'thinking',
            text: 'The user wants two cities.',
            signature: { issuer: 'anthropic', value: 'c2lnbmF0dXJl' },
          },
          { type: 'text', text: 'Looking 🌦' },
          { type: 'tool-call', id: 'tooluse_AAA', name: 'weather', arguments: '{"city":"Paris"}' },
          {
            type: 'tool-call',
            id: 'tooluse_BBB',
            name: 'weather',
            arguments: '{"city":"Rome","id":1917043659912705296}',
          },
        ],
      },
    ]);
    const indexes = read(thinksAndCalls).flatMap((event) => (event.type === 'tool-call' ? [event.index] : []));
    expect(indexes).toEqual([0, 1]);
  });

  test('#8 bytes cut at any places give the same events', () => {
    const bytes = Buffer.concat(thinksAndCalls);
    const whole = read([bytes]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (places) => {
        expect(read(cutAt(bytes, places))).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });

  test('#7 the padding of the payloads goes nowhere', () => {
    expect(JSON.stringify(read(thinksAndCalls))).not.toContain('abcdefghijklmnopqrstu');
  });

  test.each([
    ['throttlingException', 'rate_limited', 429],
    ['validationException', 'invalid_request', 400],
    ['modelStreamErrorException', 'upstream', 502],
    ['internalServerException', 'upstream', 502],
    ['serviceUnavailableException', 'overloaded', 503],
    ['somethingNewException', 'upstream', 502],
  ])('#8 #30 #34 the exception %s inside the stream ends it with an error of kind %s', (type, kind, status) => {
    const events = read([start, delta(0, { text: 'Hel' }), exceptionFrame(type, 'Bedrock says no.')]);
    const last = events.at(-1);
    expect(last).toMatchObject({ type: 'error', error: { kind, status, message: 'Bedrock says no.' } });
    expect(events.filter((event) => event.type === 'finish' || event.type === 'error')).toHaveLength(1);
  });

  test('nothing that comes after an exception is told', () => {
    const frames = [
      start,
      exceptionFrame('throttlingException', 'wait'),
      delta(0, { text: 'more' }),
      messageStop('end_turn'),
    ];
    expect(read(frames).map(({ type }) => type)).toEqual(['start', 'error']);
  });

  test('#8 a truncated last frame is an error, not an end', () => {
    expect(() => read([...spoken.slice(0, 3), stop(0).subarray(0, 20)])).toThrow(GatewayError);
  });

  test('a stream that closes before its end was told ends in an error', () => {
    const events = read(spoken.slice(0, 4));
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind: 'upstream' } });
  });

  test('an empty stream is an error', () => {
    expect(read([])).toMatchObject([{ type: 'error', error: { kind: 'upstream' } }]);
  });

  test('a stream whose token counts never come has ended well all the same', () => {
    expect(read(spoken.slice(0, 5)).at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop-sequence'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'context'],
    ['guardrail_intervened', 'refused'],
    ['content_filtered', 'refused'],
    ['a_reason_to_come', 'stop'],
  ])('#38 the stop reason %s is the finish %s', (reason, finish) => {
    expect(read([start, delta(0, { text: 'x' }), stop(0), messageStop(reason)]).at(-1)).toMatchObject({
      reason: finish,
    });
  });

  test.each(['malformed_model_output', 'malformed_tool_use'])('the stop reason %s is an error', (reason) => {
    const events = read([start, delta(0, { text: 'x' }), messageStop(reason), metadata]);
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind: 'upstream' } });
  });

  test('#85 the stop sequence that was met is told where Claude tells it', () => {
    const events = read([
      start,
      messageStop('stop_sequence', { additionalModelResponseFields: { stop_sequence: 'END' } }),
    ]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop-sequence', stopSequence: 'END' });
  });

  test('#17 a call without any argument is told with an empty object', () => {
    const reply = collectReply(read([start, tool(0, 'tooluse_1', 'now'), stop(0), messageStop('tool_use')]));
    expect(reply.choices[0]?.parts).toEqual([{ type: 'tool-call', id: 'tooluse_1', name: 'now', arguments: '{}' }]);
  });

  test('#26 an answer that called a tool and says end_turn ends with calls', () => {
    expect(read([start, tool(0, 'tooluse_1', 'now'), stop(0), messageStop('end_turn')]).at(-1)).toMatchObject({
      reason: 'tool-calls',
    });
  });

  test('#20 arguments that were cut by the bound on tokens are passed on as they are', () => {
    const frames = [
      start,
      tool(0, 'tooluse_1', 'f'),
      delta(0, { toolUse: { input: '{"a":"b' } }),
      stop(0),
      messageStop('max_tokens'),
    ];
    const [choice] = collectReply(read(frames)).choices;
    expect(choice).toMatchObject({ finish: 'length', parts: [{ arguments: '{"a":"b' }] });
  });

  test('#78 hidden thoughts and thoughts that are only a seal are told, in order and empty as they are', () => {
    const frames = [
      start,
      delta(0, { reasoningContent: { redactedContent: 'aGlkZGVu' } }),
      stop(0),
      delta(1, { reasoningContent: { signature: 'c2VhbA==' } }),
      stop(1),
      delta(2, { text: 'Yes.' }),
      stop(2),
      messageStop('end_turn'),
    ];
    expect(collectReply(read(frames)).choices[0]?.parts).toEqual([
      { type: 'thinking', text: '', redacted: true, signature: { issuer: 'anthropic', value: 'aGlkZGVu' } },
      { type: 'thinking', text: '', signature: { issuer: 'anthropic', value: 'c2VhbA==' } },
      { type: 'text', text: 'Yes.' },
    ]);
  });

  test('#31 a second start amid the answer does not begin it anew', () => {
    const events = read([
      start,
      delta(0, { text: 'a' }),
      start,
      delta(0, { text: 'b' }),
      stop(0),
      messageStop('end_turn'),
    ]);
    expect(events.filter(({ type }) => type === 'start')).toHaveLength(1);
    expect(collectReply(events).choices[0]?.parts).toEqual([{ type: 'text', text: 'ab' }]);
  });

  test('#71 #25 a name that was changed on the way out is turned back, one nobody knows passes', () => {
    const memo = { toolNames: new Map([['_get_weather_0a1b2c3d', 'get.weather']]) };
    const frames = [
      start,
      tool(0, 't1', '_get_weather_0a1b2c3d'),
      stop(0),
      tool(1, 't2', 'invented'),
      stop(1),
      messageStop('tool_use'),
    ];
    const names = read(frames, { memo }).flatMap((event) => (event.type === 'tool-call' ? [event.name] : []));
    expect(names).toEqual(['get.weather', 'invented']);
  });

  test('#75 the tool that stands in for a schema is the text of the answer, and the answer ends as one', () => {
    const frames = [
      start,
      tool(0, 't1', 'json'),
      delta(0, { toolUse: { input: '{"city":' } }),
      delta(0, { toolUse: { input: '"Paris"}' } }),
      stop(0),
      messageStop('tool_use'),
    ];
    const [choice] = collectReply(read(frames, { memo: { formatTool: 'json' } })).choices;
    expect(choice).toEqual({ finish: 'stop', parts: [{ type: 'text', text: '{"city":"Paris"}' }] });
  });

  test('a tool of free text is told with its text, not with the object it was wrapped in', () => {
    const frames = [
      start,
      tool(0, 't1', 'sql'),
      delta(0, { toolUse: { input: '{"input":"SELECT \\"a\\"' } }),
      delta(0, { toolUse: { input: ';"}' } }),
      stop(0),
      messageStop('tool_use'),
    ];
    const [choice] = collectReply(read(frames, { memo: { customTools: new Set(['sql']) } })).choices;
    expect(choice?.parts).toEqual([
      { type: 'tool-call', kind: 'custom', id: 't1', name: 'sql', arguments: 'SELECT "a";' },
    ]);
  });

  test('a call without an id is given one', () => {
    const [, call] = read([start, tool(0, '', 'f'), stop(0), messageStop('tool_use')]);
    expect(call).toMatchObject({ type: 'tool-call', id: 'call_abc123_0' });
  });

  test('an image that the model makes is told as media', () => {
    const frames = [
      start,
      eventFrame('contentBlockStart', { contentBlockIndex: 0, start: { image: { format: 'png' } } }),
      delta(0, { image: { source: { bytes: 'iVBORw0KGgo=' } } }),
      stop(0),
      messageStop('end_turn'),
    ];
    expect(read(frames)).toContainEqual({
      type: 'media',
      media: 'image',
      mediaType: 'image/png',
      data: 'iVBORw0KGgo=',
    });
  });

  test('a citation keeps its address and its title', () => {
    const citation = { title: 'Rain', location: { web: { url: 'https://example.com/rain', domain: 'example.com' } } };
    const frames = [start, delta(0, { text: 'It rains.' }), delta(0, { citation }), stop(0), messageStop('end_turn')];
    expect(collectReply(read(frames)).choices[0]?.parts).toMatchObject([
      { type: 'text', text: 'It rains.', citations: [{ url: 'https://example.com/rain', title: 'Rain' }] },
    ]);
  });

  test('events and payloads of any shape never crash the reader, whatever they hold', () => {
    const types = fc.constantFrom(
      'messageStart',
      'contentBlockStart',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
      'new',
      'exception:',
      '',
    );
    const names = fc.constantFrom('delta', 'start', 'usage', 'contentBlockIndex', 'stopReason', 'message');
    const inner = fc.dictionary(
      fc.constantFrom('text', 'toolUse', 'reasoningContent', 'citation', 'image', 'input', 'name', 'toolUseId'),
      fc.jsonValue(),
    );
    const payload = fc.oneof(fc.jsonValue(), fc.dictionary(names, fc.oneof(inner, fc.jsonValue())));
    fc.assert(
      fc.property(fc.array(fc.tuple(types, payload), { maxLength: 8 }), (events) => {
        const reader = bedrock.streamReader(context);
        for (const [event, data] of events) {
          try {
            reader.read({ event, data: JSON.stringify(data) });
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(GatewayError);
          }
        }
        expect(['finish', 'error', undefined]).toContain(reader.end().at(-1)?.type);
      }),
      { numRuns: 200 },
    );
  });
});
