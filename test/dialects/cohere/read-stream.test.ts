import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../shared/errors.ts';
import { cohere, unheld } from './held.ts';
import {
  bytes,
  callDelta,
  callEnd,
  callStart,
  citation,
  contentEnd,
  contentStart,
  end,
  event,
  hello,
  plan,
  start,
  text,
  thinking,
  weather,
} from './streams.ts';
import { collect, context, read } from './wire.ts';

const events = (...parts: string[]) => read(cohere.streamReader(context), bytes(...parts));
const lastOf = (...parts: string[]) => events(...parts).at(-1);

describe("Cohere's stream", () => {
  test('gives a text, its usage by tokens and not by billed units, and its end', () => {
    expect(events(...hello)).toEqual([
      {
        type: 'start',
        id: '29f14a5a-11de-4cae-9800-25e4747408ea',
        model: 'fast',
        created: 1_700_000_000,
      },
      { type: 'text', text: 'Hel' },
      { type: 'text', text: 'lo 世界 🌍' },
      { type: 'usage', usage: { input: 71, output: 23, cacheRead: 16 } },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  test('separates thinking from the text behind it', () => {
    const parts = [start, contentStart(0, 'thinking'), thinking(0, 'Hm'), thinking(0, 'm.'), contentEnd(0)];
    const choice = collect(events(...parts, contentStart(1), text(1, 'Yes.'), contentEnd(1), end()));
    expect(choice.parts).toEqual([
      { type: 'thinking', text: 'Hmm.' },
      { type: 'text', text: 'Yes.' },
    ]);
  });

  test('keeps two texts in a row two parts', () => {
    const choice = collect(
      events(start, contentStart(0), text(0, 'A'), contentEnd(0), contentStart(1), text(1, 'B'), contentEnd(1), end()),
    );
    expect(choice.parts).toEqual([
      { type: 'text', text: 'A' },
      { type: 'text', text: 'B' },
    ]);
  });

  test('#17 gives parallel calls, the plan before them, and a call without any argument event as {}', () => {
    expect(collect(events(...weather))).toEqual({
      parts: [
        { type: 'thinking', text: 'I will look it up.' },
        { type: 'tool-call', id: 'weather_1', name: 'weather', arguments: '{"city":"Paris"}' },
        { type: 'tool-call', id: 'clock_2', name: 'clock', arguments: '{}' },
      ],
      finish: 'tool-calls',
    });
  });

  test.each([
    ['', '{}'],
    [null, '{}'],
    ['null', '{}'],
    [{ city: 'Paris' }, '{"city":"Paris"}'],
  ])('#17 reads arguments given as %j in the opening event', (given, expected) => {
    const choice = collect(events(start, callStart(0, 'a', 'clock', given), callEnd(0), end('TOOL_CALL')));
    expect(choice.parts).toEqual([{ type: 'tool-call', id: 'a', name: 'clock', arguments: expected }]);
  });

  test('#17 holds back what may become the word null, and emits it where it becomes something else', () => {
    const cut = [start, callStart(0, 'a', 'f'), callDelta(0, 'nu'), callDelta(0, 'll'), callEnd(0), end('TOOL_CALL')];
    expect(collect(events(...cut)).parts).toMatchObject([{ arguments: '{}' }]);
    const other = [
      start,
      callStart(0, 'a', 'f'),
      callDelta(0, 'nu'),
      callDelta(0, 'mber'),
      callEnd(0),
      end('TOOL_CALL'),
    ];
    expect(collect(events(...other)).parts).toMatchObject([{ arguments: 'number' }]);
  });

  test('#13 calls that all carry index 0 stay apart', () => {
    const choice = collect(
      events(
        start,
        callStart(0, 'a', 'f'),
        callDelta(0, '{"n":1}'),
        callEnd(0),
        callStart(0, 'b', 'g'),
        callDelta(0, '{"n":2}'),
        callEnd(0),
        end('TOOL_CALL'),
      ),
    );
    expect(choice.parts).toMatchObject([
      { id: 'a', arguments: '{"n":1}' },
      { id: 'b', arguments: '{"n":2}' },
    ]);
  });

  test('a call that is never closed is settled by the end; one without an id is given one', () => {
    const choice = collect(events(start, callStart(0, '', 'clock'), end('TOOL_CALL')));
    expect(choice.parts).toEqual([{ type: 'tool-call', id: 'call_abc_0', name: 'clock', arguments: '{}' }]);
  });

  test('#26 COMPLETE behind a call means the call', () => {
    expect(collect(events(start, plan('x'), callStart(0, 'a', 'f'), callEnd(0), end())).finish).toBe('tool-calls');
  });

  test('#38 an empty answer is legal, and an unknown reason is an ordinary end', () => {
    expect(collect(events(start, end()))).toEqual({ parts: [], finish: 'stop' });
    expect(collect(events(start, contentStart(0), text(0, 'A'), end('NEW_REASON'))).finish).toBe('stop');
  });

  test.each([
    ['MAX_TOKENS', 'length'],
    ['STOP_SEQUENCE', 'stop-sequence'],
    ['ERROR_TOXIC', 'refused'],
  ])('#38 the reason %s is read as %s', (reason, finish) => {
    expect(collect(events(start, contentStart(0), text(0, 'A'), end(reason))).finish).toBe(finish);
  });

  test('a citation behind the end of its text stands on it, its sources kept whole', () => {
    const source = { type: 'document', id: 'doc:1', document: { id: 'doc:1', title: 'Tall', url: 'https://x.test/1' } };
    const wire = { start: 2, end: 7, text: 'world', sources: [source], content_index: 0, type: 'TEXT_CONTENT' };
    const parts = [start, contentStart(0), text(0, '🌍 wor'), text(0, 'ld'), contentEnd(0), citation(0, wire), end()];
    expect(collect(events(...parts)).parts).toEqual([
      {
        type: 'text',
        text: '🌍 world',
        citations: [
          {
            url: 'https://x.test/1',
            title: 'Tall',
            start: 3,
            end: 8,
            native: { dialect: 'cohere', fields: wire },
          },
        ],
      },
    ]);
  });

  test('a citation of the plan or of thinking stands on no text of the answer and is left out', () => {
    const parts = [start, plan('I look'), citation(0, { start: 0, end: 1, text: 'I', type: 'PLAN', sources: [] })];
    expect(events(...parts, contentStart(0), text(0, 'A'), end()).some(({ type }) => type === 'citation')).toBe(false);
  });

  test('log probabilities of the pieces come as they are sent', () => {
    const piece = event('content-delta', {
      index: 0,
      delta: { message: { content: { text: 'Hi' } } },
      logprobs: { text: 'Hi', token_ids: [1, 2], logprobs: [-0.5, -0.25] },
    });
    expect(collect(events(start, contentStart(0), piece, end())).logprobs).toEqual({
      content: [{ token: 'Hi', logprob: -0.75, bytes: null, top_logprobs: [] }],
    });
  });

  test('#45 counts that are strings, missing or nonsense break nothing; what is cached never exceeds the input', () => {
    const usage = (value: unknown) =>
      events(start, end('COMPLETE', { usage: value })).find(({ type }) => type === 'usage');
    expect(usage({ tokens: { input_tokens: '7', output_tokens: 3 }, cached_tokens: 99 })).toEqual({
      type: 'usage',
      usage: { input: 7, output: 3, cacheRead: 7 },
    });
    expect(usage({ billed_units: { input_tokens: 4 } })).toEqual({ type: 'usage', usage: { input: 4, output: 0 } });
    expect(usage(null)).toBeUndefined();
    expect(usage({ tokens: { input_tokens: 'many' } })).toBeUndefined();
  });

  test('unknown events, debug prints and [DONE] are passed over', () => {
    const extra = [event('debug', { prompt: 'x' }), event('new-thing'), 'data: [DONE]\n\n'];
    expect(collect(events(start, ...extra.slice(0, 2), contentStart(0), text(0, 'A'), end(), extra[2]!)).parts).toEqual(
      [{ type: 'text', text: 'A' }],
    );
  });
});

describe("a broken stream of Cohere's ends in an error", () => {
  test('#27 where it stops before its end', () => {
    expect(lastOf(...hello.slice(0, 4))).toMatchObject({ type: 'error', error: { kind: 'upstream' } });
  });

  test('where it is empty', () => {
    expect(events()).toMatchObject([{ type: 'error', error: { kind: 'upstream' } }]);
  });

  test.each([
    ['ERROR', 'upstream'],
    ['TIMEOUT', 'timeout'],
  ])('#30 where its end is %s, and nothing follows', (reason, kind) => {
    const answered = events(...hello.slice(0, 4), end(reason), ...hello);
    expect(answered.at(-1)).toMatchObject({ type: 'error', error: { kind } });
    expect(answered.some(({ type }) => type === 'finish')).toBe(false);
  });

  test('#30 where its end brings an error, or an error comes in the middle', () => {
    expect(lastOf(start, end('COMPLETE', { error: 'the model broke, key sk-abcdefghijkl' }))).toMatchObject({
      type: 'error',
      error: { kind: 'upstream', message: 'the model broke, key ***' },
    });
    expect(lastOf(start, 'data: {"id":"1","message":"internal server error"}\n\n')).toMatchObject({
      type: 'error',
      error: { kind: 'upstream', message: 'internal server error' },
    });
  });

  test('where an event is not JSON', () => {
    expect(() => events(start, 'data: <html>\n\n')).toThrow(GatewayError);
  });
});

describe('cut anywhere', () => {
  test('#1 #2 a stream gives the same events', () => {
    const whole = bytes(...hello.slice(0, 5), ...weather.slice(1));
    const expected = read(cohere.streamReader(context), whole);
    const cuts = fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (places) => {
        expect(read(cohere.streamReader(context), whole, places)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  test('no JSON in an event makes the reader crash otherwise than with a GatewayError', () => {
    const names = [
      'content-start',
      'content-delta',
      'tool-call-start',
      'tool-call-delta',
      'citation-start',
      'message-end',
    ];
    const shaped = fc.record({ type: fc.constantFrom(...names), index: fc.jsonValue(), delta: fc.jsonValue() });
    const nested = fc.record({
      type: fc.constantFrom(...names),
      delta: fc.record({
        message: fc.dictionary(fc.constantFrom('content', 'tool_calls', 'citations'), fc.jsonValue()),
      }),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.jsonValue(), shaped, nested), { maxLength: 5 }), (values) => {
        const reader = unheld.streamReader(context);
        for (const value of values) {
          try {
            reader.read({ data: JSON.stringify(value) });
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(GatewayError);
          }
        }
        reader.end();
      }),
      { numRuns: 200 },
    );
  });
});
