import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectReply } from '../../../../shared/chat/reply.ts';
import { unheld } from '../held.ts';
import { context, messageEnd, messageStart, ping, read, sse, text } from '../reading.ts';

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

  test('#31 a beginning sent twice is ignored, another answer in the middle is an error', () => {
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
            expect(
              read(sse(event) + sse({ type: 'content_block_stop', index: 0 }), context, [], unheld).length,
            ).toBeGreaterThan(0);
            unheld.readReply({ content: value, usage: value, stop_details: value, id: value } as never, context);
          } catch (thrown) {
            expect((thrown as Error).name).toBe('GatewayError');
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
