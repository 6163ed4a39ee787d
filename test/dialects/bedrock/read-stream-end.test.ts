import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectReply } from '../../../shared/chat/reply.ts';
import { GatewayError } from '../../../shared/errors.ts';
import { exceptionFrame } from './frames.ts';
import { unheld } from './held.ts';
import { context, delta, messageStop, metadata, read, spoken, start, stop, tool } from './stream.ts';

describe('the end of a stream of ConverseStream', () => {
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

  test('nothing that comes after an exception is emitted', () => {
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

  test('a stream that closes before its end was sent ends in an error', () => {
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

  test('#85 the stop sequence that was met is given where Claude gives it', () => {
    const events = read([
      start,
      messageStop('stop_sequence', { additionalModelResponseFields: { stop_sequence: 'END' } }),
    ]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop-sequence', stopSequence: 'END' });
  });

  test('#26 an answer that called a tool and says end_turn ends with calls', () => {
    expect(read([start, tool(0, 'tooluse_1', 'now'), stop(0), messageStop('end_turn')]).at(-1)).toMatchObject({
      reason: 'tool-calls',
    });
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
        const reader = unheld.streamReader(context);
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
