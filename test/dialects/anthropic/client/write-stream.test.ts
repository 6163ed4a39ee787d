import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatEvent } from '../../../../shared/chat/events.ts';
import { collectReply } from '../../../../shared/chat/reply.ts';
import { anthropicClient } from '../../../../shared/dialects/anthropic/client/dialect.ts';
import { streamWriter } from '../../../../shared/dialects/anthropic/client/write-stream.ts';
import { anthropic } from '../../../../shared/dialects/anthropic/provider/dialect.ts';
import { GatewayError } from '../../../../shared/errors.ts';
import type { JsonObject } from '../../../../shared/http/json.ts';
import { context, parseSse, read, written } from '../reading.ts';

const start: ChatEvent = { type: 'start', id: 'chatcmpl-77', model: 'gpt-x' };
const toolCall = (index: number, id: string, name: string): ChatEvent => ({ type: 'tool-call', index, id, name });
const args = (index: number, text: string): ChatEvent => ({ type: 'tool-arguments', index, text });
const finish = (reason: 'stop' | 'tool-calls' | 'length' | 'refused' = 'stop'): ChatEvent => ({
  type: 'finish',
  reason,
});

/** What the official clients demand of a stream, said in code of its own. */
function demandWellFormed(stream: string): JsonObject[] {
  expect(stream.endsWith('\n\n')).toBe(true);
  const events = parseSse(stream).map(({ event, data }) => {
    const value = JSON.parse(data) as JsonObject;
    expect(value.type).toBe(event);
    return value;
  });
  expect(events[0]!.type).toBe('message_start');
  expect((events[0]!.message as JsonObject).usage).toBeTypeOf('object');
  let next = 0;
  let open: JsonObject | undefined;
  let json = '';
  for (const event of events.slice(1, -2)) {
    if (event.type === 'content_block_start') {
      expect(open).toBeUndefined();
      expect(event.index).toBe(next);
      open = event.content_block as JsonObject;
      json = '';
    } else if (event.type === 'content_block_delta') {
      expect(open).toBeDefined();
      expect(event.index).toBe(next);
      const { type, partial_json: piece } = event.delta as JsonObject;
      const fits = {
        text_delta: 'text',
        citations_delta: 'text',
        thinking_delta: 'thinking',
        signature_delta: 'thinking',
        input_json_delta: 'tool_use',
      };
      expect(open!.type).toBe(fits[type as keyof typeof fits]);
      json += piece ?? '';
    } else {
      expect(event.type).toBe('content_block_stop');
      expect(event.index).toBe(next);
      if (open!.type === 'tool_use' && json !== '') expect(JSON.parse(json)).toBeTypeOf('object');
      open = undefined;
      next += 1;
    }
  }
  expect(open).toBeUndefined();
  expect(next).toBeGreaterThan(0);
  expect(events.at(-2)).toMatchObject({ type: 'message_delta', usage: { output_tokens: expect.any(Number) } });
  expect(events.at(-1)).toEqual({ type: 'message_stop' });
  return events;
}

describe('a stream for a caller', () => {
  test('text is one block between a beginning and an end with the counts', () => {
    const { text } = written(
      [
        start,
        { type: 'text', text: 'Hi' },
        { type: 'text', text: ' there' },
        { type: 'usage', usage: { input: 100, output: 7, cacheRead: 60, cacheWrite: 10 } },
        finish(),
      ],
      99,
    );
    const events = demandWellFormed(text);
    expect(events[0]!.message).toMatchObject({
      id: 'msg_77',
      model: 'gpt-x',
      role: 'assistant',
      content: [],
      stop_reason: null,
    });
    expect(events.at(-2)).toMatchObject({
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { input_tokens: 30, cache_read_input_tokens: 60, cache_creation_input_tokens: 10, output_tokens: 7 },
    });
  });

  test('#47 the input’s tokens are estimated at the beginning and true at the end', () => {
    const { events } = written(
      [start, { type: 'text', text: 'x' }, { type: 'usage', usage: { input: 4321, output: 3 } }, finish()],
      4000,
    );
    expect(events[0]!.message).toMatchObject({ usage: { input_tokens: 4000, output_tokens: 1 } });
    expect(events.at(-2)!.usage).toMatchObject({ input_tokens: 4321, output_tokens: 3 });
  });

  test('counts that a provider sends first stand in the beginning', () => {
    const { events } = written(
      [start, { type: 'usage', usage: { input: 50, output: 1, cacheRead: 20 } }, { type: 'text', text: 'x' }, finish()],
      4000,
    );
    expect(events[0]!.message).toMatchObject({ usage: { input_tokens: 30, cache_read_input_tokens: 20 } });
  });

  test('#13 arguments of parallel calls that come mixed are put together, block after block', () => {
    const { text, events } = written([
      start,
      toolCall(0, 'a', 'f'),
      toolCall(1, 'b', 'g'),
      args(0, '{"x":'),
      args(1, '{"y"'),
      { type: 'text', text: 'amid' },
      args(0, '1}'),
      args(1, ':2}'),
      finish('tool-calls'),
    ]);
    demandWellFormed(text);
    expect(collectReply(read(text)).choices[0]).toEqual({
      parts: [
        { type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":1}' },
        { type: 'tool-call', id: 'b', name: 'g', arguments: '{"y":2}' },
        { type: 'text', text: 'amid' },
      ],
      finish: 'tool-calls',
    });
    expect(events.filter(({ type }) => type === 'content_block_start')).toHaveLength(3);
  });

  test('arguments of one call are written as they come', () => {
    const writer = streamWriter({ streamUsage: true }, context);
    writer.write(start);
    writer.write(toolCall(0, 'a', 'f'));
    expect(writer.write(args(0, '{"x"'))).toContain('"partial_json":"{\\"x\\""');
  });

  test('#17 a call without arguments has none, and is a call', () => {
    const { events } = written([start, toolCall(0, 'a', 'f'), finish('tool-calls')]);
    expect(events[1]!.content_block).toEqual({ type: 'tool_use', id: 'a', name: 'f', input: {} });
    expect(events.some(({ delta }) => (delta as JsonObject | undefined)?.type === 'input_json_delta')).toBe(false);
  });

  test('#19 fragments cut within an escape pass untouched', () => {
    const { events } = written([
      start,
      toolCall(0, 'a', 'f'),
      args(0, '{"e":"\\ud83d'),
      args(0, '\\ude00"}'),
      finish('tool-calls'),
    ]);
    const pieces = events.flatMap(({ delta }) => (delta as JsonObject | undefined)?.partial_json ?? []);
    expect(pieces).toEqual(['{"e":"\\ud83d', '\\ude00"}']);
  });

  test('#38 an answer of nothing is one empty text', () => {
    const { text, events } = written([start, finish()]);
    demandWellFormed(text);
    expect(events[1]!.content_block).toEqual({ type: 'text', text: '' });
    expect(
      anthropicClient.writeReply({ id: 'x', model: 'm', choices: [{ parts: [], finish: 'stop' }] }, context).content,
    ).toEqual([{ type: 'text', text: '' }]);
  });

  test('#78 thinking is written with its signatures, empty and redacted thinking too', () => {
    const signed: ChatEvent[] = [
      start,
      { type: 'thinking', text: '' },
      { type: 'signature', signature: { issuer: 'anthropic', value: 'SIG' } },
      { type: 'thinking', text: '', redacted: true },
      { type: 'signature', signature: { issuer: 'anthropic', value: 'HIDDEN' } },
      { type: 'text', text: 'x' },
      finish(),
    ];
    const { text } = written(signed);
    demandWellFormed(text);
    expect(collectReply(read(text)).choices).toEqual(collectReply(signed).choices);
  });

  test('#79 the signature of another vendor’s call stands before it and comes back with the history', () => {
    const signature = { issuer: 'gemini', value: 'CtwB.x=', id: 'rs.1' };
    const { text, events } = written([
      start,
      { type: 'tool-call', index: 0, id: 'a', name: 'f', signature },
      args(0, '{}'),
      finish('tool-calls'),
    ]);
    demandWellFormed(text);
    const carrier = (events[2]!.delta as JsonObject).signature;
    const history = [
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: '', signature: carrier },
          { type: 'tool_use', id: 'a', name: 'f', input: {} },
        ],
      },
    ];
    const request = anthropicClient.readRequest({ model: 'm', max_tokens: 9, messages: history });
    expect(request.messages[1]).toEqual({
      role: 'assistant',
      parts: [{ type: 'tool-call', id: 'a', name: 'f', arguments: '{}', signature }],
    });
    const body = Buffer.from(anthropic.writeRequest(request, { model: 'claude-opus-5', traits: {} }).body).toString();
    expect(body).not.toContain('CtwB');
  });

  test('#39 a filtered answer keeps its text and says refusal', () => {
    const { events } = written([start, { type: 'text', text: 'half' }, finish('refused')]);
    expect(events.at(-2)!.delta).toMatchObject({
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', explanation: null },
    });
  });

  test('#11 the keep-alive is a ping that may stand anywhere, #30 an error is the last event', () => {
    expect(parseSse(anthropicClient.keepAlive)).toEqual([{ event: 'ping', data: '{"type":"ping"}' }]);
    const error = anthropicClient.errorEvent(new GatewayError('upstream', 'It broke.'), 'req_1');
    expect(parseSse(error)).toEqual([
      {
        event: 'error',
        data: '{"type":"error","error":{"type":"api_error","message":"It broke."},"request_id":"req_1"}',
      },
    ]);
  });

  test('whatever order events come in, the stream satisfies the official clients', () => {
    const event = fc.oneof(
      fc.record({ type: fc.constant('text'), text: fc.string() }),
      fc.record({ type: fc.constant('thinking'), text: fc.string() }),
      fc.record({ type: fc.constant('refusal'), text: fc.string() }),
      fc.constant({ type: 'signature', signature: { issuer: 'anthropic', value: 'S' } }),
      fc.constant({ type: 'thinking', text: '', redacted: true }),
      fc.constant({ type: 'part-end' }),
      fc.constant({ type: 'citation', citation: { url: 'https://a.example' } }),
      fc.constant({ type: 'media', media: 'image', mediaType: 'image/png', data: 'AA==' }),
      fc.constant({ type: 'usage', usage: { input: 1, output: 1 } }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.nat(3), (events, calls) => {
        const all = events as ChatEvent[];
        const mixed: ChatEvent[] = [start, ...all.slice(0, 10)];
        for (let index = 0; index < calls; index += 1) mixed.push(toolCall(index, `c${index}`, 'f'));
        for (const piece of ['{"a":', '[1,', '2]}'])
          for (let index = 0; index < calls; index += 1)
            mixed.push(
              args(index, piece),
              ...all.slice(10 + index, 12 + index).filter(({ type }) => type !== 'part-end'),
            );
        demandWellFormed(written([...mixed, finish()]).text);
      }),
      { numRuns: 150 },
    );
  });
});
