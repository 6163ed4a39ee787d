import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectReply } from '../../../../shared/chat/reply.ts';
import { anthropic } from '../held.ts';
import { block, call, context, messageEnd, messageStart, ping, read, text } from '../reading.ts';

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

  test('#77 #78 thinking keeps its order, its signatures and its emptiness', () => {
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
