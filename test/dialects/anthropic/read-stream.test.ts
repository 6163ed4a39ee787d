import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectReply, replayReply } from '../../../shared/chat/reply.ts';
import { anthropic } from '../../../shared/dialects/anthropic/dialect.ts';
import { block, call, context, messageEnd, messageStart, ping, read, sse, text } from './reading.ts';

const parts = (stream: string) => collectReply(read(stream)).choices[0]!.parts;

describe('a provider’s stream', () => {
  test('a text with pings and padding is read with its usage and its end', () => {
    const stream = messageStart() + ping + text(0, 'Hello', ' 世界 😀') + ping + messageEnd();
    expect(read(stream)).toEqual([
      { type: 'start', id: 'msg_01XFDUDYJgAACzvnptvVoYEL', model: 'claude-test-5', created: 1_700_000_000 },
      { type: 'usage', usage: { input: 12, output: 1 } },
      { type: 'text', text: 'Hello' },
      { type: 'text', text: ' 世界 😀' },
      { type: 'part-end' },
      { type: 'usage', usage: { input: 12, output: 15 } },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  test('#1 #2 #4 a stream cut at any bytes gives the same events', () => {
    const stream =
      messageStart() +
      block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: '想😀' },
        {
          type: 'signature_delta',
          signature: 'EqQB',
        },
      ) +
      ping +
      text(1, '你好 👋🏽', 'x') +
      call(2, 'toolu_1', 'get_weather', '{"city": "Z', 'ürich"}') +
      messageEnd('tool_use');
    const whole = read(stream);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 40 }), fc.boolean(), (cuts, crlf) => {
        expect(read(crlf ? stream.replaceAll('\n', '\r\n') : stream, context, cuts)).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test('parallel calls keep their arguments apart and are counted apart from other blocks', () => {
    const stream =
      messageStart() +
      text(0, 'Both.') +
      call(1, 'toolu_a', 'f', '{"x"', ':1}') +
      call(2, 'toolu_b', 'g', '{}') +
      messageEnd('tool_use');
    expect(collectReply(read(stream)).choices[0]).toEqual({
      parts: [
        { type: 'text', text: 'Both.' },
        { type: 'tool-call', id: 'toolu_a', name: 'f', arguments: '{"x":1}' },
        { type: 'tool-call', id: 'toolu_b', name: 'g', arguments: '{}' },
      ],
      finish: 'tool-calls',
    });
  });

  test('#17 #23 a call without deltas has the input of its start, or none', () => {
    const stream =
      messageStart() +
      block(0, { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } }) +
      call(1, 'b', 'g') +
      messageEnd('tool_use');
    expect(parts(stream)).toMatchObject([{ arguments: '{"x":1}' }, { arguments: '{}' }]);
  });

  test('#18 an input in the start and deltas as well: the deltas count', () => {
    const stream =
      messageStart() +
      block(
        0,
        { type: 'tool_use', id: 'a', name: 'f', input: {} },
        { type: 'input_json_delta', partial_json: '' },
        {
          type: 'input_json_delta',
          partial_json: '{"y":2}',
        },
      ) +
      messageEnd('tool_use');
    expect(parts(stream)).toMatchObject([{ arguments: '{"y":2}' }]);
  });

  test('#77 #78 thoughts keep their order, their seals and their emptiness', () => {
    const stream =
      messageStart() +
      block(0, { type: 'thinking', thinking: '', signature: '' }, { type: 'signature_delta', signature: 'SIG1' }) +
      block(1, { type: 'redacted_thinking', data: 'HIDDEN' }) +
      block(
        2,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'aloud' },
        {
          type: 'signature_delta',
          signature: 'SIG2',
        },
      ) +
      text(3, 'Done.') +
      messageEnd();
    expect(parts(stream)).toEqual([
      { type: 'thinking', text: '', signature: { issuer: 'anthropic', value: 'SIG1' } },
      { type: 'thinking', text: '', redacted: true, signature: { issuer: 'anthropic', value: 'HIDDEN' } },
      { type: 'thinking', text: 'aloud', signature: { issuer: 'anthropic', value: 'SIG2' } },
      { type: 'text', text: 'Done.' },
    ]);
  });

  test('#22 text after a call is a text of its own', () => {
    expect(parts(messageStart() + call(0, 'a', 'f', '{}') + text(1, 'after') + messageEnd('tool_use'))).toMatchObject([
      { type: 'tool-call' },
      { type: 'text', text: 'after' },
    ]);
  });

  test('#26 a provider that says end_turn though it called a tool is corrected', () => {
    const events = read(messageStart() + call(0, 'a', 'f', '{}') + messageEnd('end_turn'));
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'tool-calls' });
  });

  test('#38 every reason to stop has its meaning, an unknown one and none are an ordinary end', () => {
    const reasons = {
      end_turn: 'stop',
      max_tokens: 'length',
      stop_sequence: 'stop-sequence',
      pause_turn: 'paused',
      refusal: 'refused',
      model_context_window_exceeded: 'context',
      compaction: 'stop',
    };
    for (const [wire, reason] of Object.entries(reasons)) {
      expect(read(messageStart() + text(0, 'x') + messageEnd(wire)).at(-1)).toMatchObject({ type: 'finish', reason });
    }
    expect(read(messageStart() + messageEnd(null)).at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  test('#38 a refusal comes with its explanation', () => {
    const extra = { stop_details: { type: 'refusal', category: 'cyber', explanation: 'Not that.' } };
    expect(collectReply(read(messageStart() + messageEnd('refusal', { output_tokens: 1 }, extra))).choices[0]).toEqual({
      parts: [{ type: 'refusal', text: 'Not that.' }],
      finish: 'refused',
    });
  });

  test('a stop sequence that matched is named', () => {
    const events = read(messageStart() + text(0, 'x') + messageEnd('stop_sequence', {}, { stop_sequence: 'END' }));
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop-sequence', stopSequence: 'END' });
  });

  test('citations arrive with the text they stand on', () => {
    const citation = {
      type: 'web_search_result_location',
      url: 'https://a.example',
      title: 'A',
      encrypted_index: 'E',
      cited_text: 'c',
    };
    const stream =
      messageStart() +
      block(0, { type: 'text', text: '' }, { type: 'text_delta', text: 'x' }, { type: 'citations_delta', citation }) +
      messageEnd();
    expect(parts(stream)).toMatchObject([{ text: 'x', citations: [{ url: 'https://a.example', title: 'A' }] }]);
  });
});

describe('usage', () => {
  const usageOf = (stream: string) => read(stream).findLast((event) => event.type === 'usage');

  test('#41 cached tokens are within the input, once', () => {
    const counts = {
      input_tokens: 10,
      cache_creation_input_tokens: 200,
      cache_read_input_tokens: 3000,
      cache_creation: { ephemeral_5m_input_tokens: 50, ephemeral_1h_input_tokens: 150 },
      output_tokens: 1,
    };
    const stream =
      messageStart(counts) +
      text(0, 'x') +
      messageEnd('end_turn', { output_tokens: 40, output_tokens_details: { thinking_tokens: 30 } });
    const usage = { input: 3210, output: 40, cacheRead: 3000, cacheWrite: 200, cacheWriteHour: 150, reasoning: 30 };
    expect(usageOf(stream)).toEqual({ type: 'usage', usage });
    const body = {
      id: 'm',
      content: [],
      stop_reason: 'end_turn',
      usage: { ...counts, output_tokens: 40, output_tokens_details: { thinking_tokens: 30 } },
    };
    expect(anthropic.readReply(body, context).usage).toEqual(usage);
  });

  test('#42 counts at the end overwrite those at the start, and are never added', () => {
    const stream =
      messageStart({ input_tokens: 5, output_tokens: 1 }) +
      text(0, 'x') +
      messageEnd('end_turn', { input_tokens: 7, output_tokens: 9 });
    expect(usageOf(stream)).toEqual({ type: 'usage', usage: { input: 7, output: 9 } });
  });

  test('#45 null and zero at the end do not undo a count, and texts are read as numbers', () => {
    const stream =
      messageStart({ input_tokens: '5', output_tokens: 1 }) +
      messageEnd('end_turn', { input_tokens: 0, cache_read_input_tokens: null, output_tokens: 9 });
    expect(usageOf(stream)).toEqual({ type: 'usage', usage: { input: 5, output: 9 } });
  });
});

describe('streams that go wrong', () => {
  const last = (stream: string) => read(stream).at(-1);

  /** An event cut in two cannot be read, which ends the long road; on the short one the reader still says how it ended. */
  function endOf(stream: string): unknown {
    try {
      return last(stream);
    } catch (error) {
      return { type: 'error', error };
    }
  }

  test('#27 a stream that just ends is an error, at any place before its reason to stop', () => {
    const whole = messageStart() + text(0, 'half an ans') + messageEnd();
    const end = whole.indexOf('event: message_delta');
    for (const cut of [messageStart().length, messageStart().length + 120, end - 5, end]) {
      expect(endOf(whole.slice(0, cut))).toMatchObject({ type: 'error', error: { kind: 'upstream' } });
    }
  });

  test('#28 a reason to stop without the last event is an end', () => {
    const stream = messageStart() + text(0, 'x') + messageEnd();
    expect(last(stream.slice(0, stream.indexOf('event: message_stop')))).toEqual({ type: 'finish', reason: 'stop' });
  });

  test('an empty stream is an error', () => {
    expect(read('')).toMatchObject([{ type: 'error' }]);
    expect(read(ping)).toMatchObject([{ type: 'error' }]);
  });

  test('#30 an error amid the stream ends it with its own kind, and nothing follows', () => {
    const error = sse({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
    const events = read(messageStart() + error + text(0, 'x') + messageEnd());
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { kind: 'overloaded', message: 'Overloaded' } });
    expect(events.filter(({ type }) => type === 'error' || type === 'finish')).toHaveLength(1);
    expect(last('event: error\ndata: {"message":"boom"}\n\n')).toMatchObject({
      type: 'error',
      error: { message: 'boom' },
    });
    expect(last('data: {"error":{"message":"sk-ant-0123456789abcdef broke","code":500}}\n\n')).toMatchObject({
      type: 'error',
      error: { message: '*** broke' },
    });
  });

  test('#31 a beginning told twice is ignored, another answer in the middle is an error', () => {
    const twice = messageStart() + text(0, 'x') + messageStart() + messageEnd();
    expect(last(twice)).toMatchObject({ type: 'finish' });
    const spliced =
      messageStart() + text(0, 'x') + messageStart().replace('msg_01', 'msg_02') + text(0, 'y') + messageEnd();
    expect(last(spliced)).toMatchObject({ type: 'error' });
  });

  test('events without their name, without a start, with [DONE], and unknown ones are borne', () => {
    const bare = (messageStart() + text(0, 'x') + sse({ type: 'novelty', index: 3 }) + messageEnd()).replace(
      /^event: .*\n/gm,
      '',
    );
    expect(collectReply(read(`${bare}data: [DONE]\n\n`)).choices[0]!.parts).toEqual([{ type: 'text', text: 'x' }]);
    expect(read(text(0, 'x') + messageEnd())[0]).toMatchObject({ type: 'start', id: 'msg_abc123', model: 'asked' });
  });

  test('what is no JSON, and arguments of no call, cannot be read', () => {
    expect(() => read(`${messageStart()}data: {oops\n\n`)).toThrow('not JSON');
    const delta = { type: 'content_block_delta', index: 4, delta: { type: 'input_json_delta', partial_json: '{}' } };
    expect(() => read(messageStart() + sse(delta))).toThrow('never began');
  });

  test('any JSON for an event or a reply is read or refused, never a crash', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('message_start', 'content_block_start', 'content_block_delta', 'message_delta', 'error'),
        (value, type) => {
          const event = {
            type,
            index: 0,
            message: value,
            content_block: value,
            delta: value,
            usage: value,
            error: value,
          };
          try {
            expect(read(sse(event) + sse({ type: 'content_block_stop', index: 0 })).length).toBeGreaterThan(0);
            anthropic.readReply({ content: value, usage: value, stop_details: value, id: value } as never, context);
          } catch (thrown) {
            expect((thrown as Error).name).toBe('GatewayError');
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('undoing what the request changed', () => {
  const memo = { toolNames: new Map([['a_b_12345678', 'a.b']]), customTools: new Set(['free']), formatTool: 'json' };

  test('#71 names come back as the caller knows them, #25 unknown ones pass', () => {
    const stream =
      messageStart() + call(0, 'x', 'a_b_12345678', '{}') + call(1, 'y', 'made_up', '{}') + messageEnd('tool_use');
    expect(collectReply(read(stream, { ...context, memo })).choices[0]!.parts).toMatchObject([
      { name: 'a.b' },
      { name: 'made_up' },
    ]);
  });

  test('#75 the tool that stands for a format is the answer’s text, streamed and whole', () => {
    const stream = messageStart() + call(0, 'x', 'json', '{"a":', '1}') + messageEnd('tool_use');
    const events = read(stream, { ...context, memo });
    expect(events.filter(({ type }) => type === 'text')).toHaveLength(2);
    const expected = { parts: [{ type: 'text', text: '{"a":1}' }], finish: 'stop' };
    expect(collectReply(events).choices[0]).toEqual(expected);
    const body = { content: [{ type: 'tool_use', id: 'x', name: 'json', input: { a: 1 } }], stop_reason: 'tool_use' };
    expect(anthropic.readReply(body, { ...context, memo }).choices[0]).toEqual(expected);
  });

  test('a tool of free text gives its text, streamed and whole', () => {
    const stream = messageStart() + call(0, 'x', 'free', '{"input":"SELECT ', '\\"1\\""}') + messageEnd('tool_use');
    const expected = [{ type: 'tool-call', kind: 'custom', id: 'x', name: 'free', arguments: 'SELECT "1"' }];
    expect(collectReply(read(stream, { ...context, memo })).choices[0]!.parts).toEqual(expected);
    const body = {
      content: [{ type: 'tool_use', id: 'x', name: 'free', input: { input: 'SELECT "1"' } }],
      stop_reason: 'tool_use',
    };
    expect(anthropic.readReply(body, { ...context, memo }).choices[0]!.parts).toEqual(expected);
  });

  test('a whole reply and its stream tell the same', () => {
    const body = {
      id: 'msg_1',
      model: 'claude-test-5',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'S' },
        { type: 'text', text: 'Hi' },
        { type: 'tool_use', id: 'a', name: 'f', input: { x: [1, null] } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 12, output_tokens: 15 },
    };
    const stream =
      messageStart().replace('msg_01XFDUDYJgAACzvnptvVoYEL', 'msg_1') +
      block(
        0,
        { type: 'thinking', thinking: '', signature: '' },
        { type: 'thinking_delta', thinking: 'hm' },
        { type: 'signature_delta', signature: 'S' },
      ) +
      text(1, 'Hi') +
      call(2, 'a', 'f', '{"x":', '[1,null]}') +
      messageEnd('tool_use');
    const reply = anthropic.readReply(body, context);
    expect(collectReply(read(stream))).toEqual(reply);
    expect(collectReply(replayReply(reply))).toEqual(reply);
  });
});
