import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../shared/errors.ts';
import { cohere, unheld } from './held.ts';
import { bytes, hello, weather } from './streams.ts';
import { collect, context, failure, read } from './wire.ts';

/** Replies as they come over the wire; synthetic, after Cohere's documentation. */
const usage = { billed_units: { input_tokens: 5 }, tokens: { input_tokens: 71, output_tokens: 23 }, cached_tokens: 16 };
const reply = (message: object, extra: object = {}) => ({
  id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4',
  finish_reason: 'COMPLETE',
  message: { role: 'assistant', ...message },
  usage,
  ...extra,
});

describe("Cohere's reply", () => {
  test('is read with its text and its own count of tokens', () => {
    expect(cohere.readReply(reply({ content: [{ type: 'text', text: 'Hello 世界 🌍' }] }), context)).toEqual({
      id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4',
      model: 'fast',
      created: 1_700_000_000,
      choices: [{ parts: [{ type: 'text', text: 'Hello 世界 🌍' }], finish: 'stop' }],
      usage: { input: 71, output: 23, cacheRead: 16 },
    });
  });

  test('whole and streamed say the same, usage too', () => {
    const call = (id: string, name: string, args: string) => ({
      id,
      type: 'function',
      function: { name, arguments: args },
    });
    const calls = [call('weather_1', 'weather', '{"city":"Paris"}'), call('clock_2', 'clock', 'null')];
    const whole = [
      reply({ content: [{ type: 'text', text: 'Hello 世界 🌍' }] }),
      reply({ tool_plan: 'I will look it up.', tool_calls: calls }, { finish_reason: 'TOOL_CALL' }),
    ];
    [hello, weather].forEach((stream, index) => {
      const events = read(cohere.streamReader(context), bytes(...stream));
      const read_ = cohere.readReply(whole[index]!, context);
      expect(collect(events)).toEqual(read_.choices[0]);
      expect(events.find(({ type }) => type === 'usage')).toEqual({ type: 'usage', usage: read_.usage });
    });
  });

  test('is read with thinking, citations and log probabilities', () => {
    const wire = { start: 0, end: 5, text: 'Hello', sources: [{ type: 'tool', id: 't', tool_output: { title: 'T' } }] };
    const content = [
      { type: 'thinking', thinking: 'Hm.' },
      { type: 'text', text: 'Hello' },
    ];
    const logprobs = [{ text: 'Hello', token_ids: [1], logprobs: [-0.5] }];
    const [choice] = cohere.readReply(reply({ content, citations: [wire] }, { logprobs }), context).choices;
    const citation = { title: 'T', start: 0, end: 5, native: { dialect: 'cohere', fields: wire } };
    expect(choice).toEqual({
      parts: [
        { type: 'thinking', text: 'Hm.' },
        { type: 'text', text: 'Hello', citations: [citation] },
      ],
      finish: 'stop',
      logprobs: { content: [{ token: 'Hello', logprob: -0.5, bytes: null, top_logprobs: [] }] },
    });
  });

  test.each([[undefined], [''], [null], ['null']])('#17 a call with arguments %j has {}', (args) => {
    const tool_calls = [{ id: 'a', type: 'function', function: { name: 'clock', arguments: args } }];
    const [choice] = cohere.readReply(reply({ tool_calls, content: [{ type: 'text', text: '' }] }), context).choices;
    expect(choice).toEqual({
      parts: [{ type: 'tool-call', id: 'a', name: 'clock', arguments: '{}' }],
      finish: 'tool-calls',
    });
  });

  test('#38 may be empty', () => {
    expect(cohere.readReply(reply({}), context).choices).toEqual([{ parts: [], finish: 'stop' }]);
    expect(cohere.readReply(reply({ content: null }), context).choices[0]?.parts).toEqual([]);
  });

  test.each([
    ['ERROR', 'upstream'],
    ['TIMEOUT', 'timeout'],
  ])('#30 that ended with %s is a failure', (finish_reason, kind) => {
    expect(failure(() => cohere.readReply(reply({}, { finish_reason }), context)).kind).toBe(kind);
  });

  test('#12 of status 200 that is an error, or nothing we know, is a failure', () => {
    expect(failure(() => cohere.readReply({ message: 'no such thing' }, context))).toMatchObject({
      kind: 'upstream',
      message: 'no such thing',
    });
    expect(failure(() => cohere.readReply({}, context)).kind).toBe('upstream');
  });

  test('of any JSON is read or refused, never a crash', () => {
    const body = fc.record(
      {
        message: fc.oneof(
          fc.jsonValue(),
          fc.dictionary(fc.constantFrom('content', 'tool_calls', 'citations'), fc.jsonValue()),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(body, (value) => {
        try {
          unheld.readReply(value, context);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("Cohere's refusal", () => {
  const error = (status: number, body: unknown) => cohere.readError(status, body, {});

  test.each([
    [400, 'invalid_request', 400],
    [422, 'unprocessable', 422],
    [429, 'rate_limited', 429],
    [500, 'upstream', 502],
    [503, 'overloaded', 503],
    [504, 'timeout', 504],
    [402, 'quota_exceeded', 429],
  ])('of status %i is %s', (status, kind, given) => {
    expect(error(status, { id: '1', message: 'no' })).toMatchObject({ kind, status: given, message: 'no' });
  });

  test.each([401, 403, 498])('#35 of our own key (%i) is no fault of the caller', (status) => {
    const refused = error(status, { message: 'invalid api token: sk-abcdefghijkl' });
    expect(refused).toMatchObject({ kind: 'upstream_auth', status: 400, code: 'upstream_auth' });
    expect(refused.message).not.toContain('sk-');
  });

  test('of an unknown model and of a context too long say so', () => {
    expect(error(404, { message: "model 'x' not found, make sure the correct model ID was used" })).toMatchObject({
      kind: 'model_not_found',
      status: 404,
    });
    expect(error(400, { message: 'too many tokens: total number of tokens in the prompt exceeds' }).code).toBe(
      'context_length_exceeded',
    );
  });

  test.each([['<html>bad gateway</html>'], [''], [null], [[]], [{ message: 7 }], [{ data: 'x' }]])(
    '#36 with the body %j is reported in words of ours',
    (body) => {
      expect(error(502, body).message).toBe('The provider answered with status 502.');
    },
  );

  test('#36 with a bare string is reported in its words', () => {
    expect(error(400, 'bad thing').message).toBe('bad thing');
  });
});
