import { describe, expect, test } from 'vitest';
import { collectReply, replayReply } from '../../../../shared/chat/reply.ts';
import { anthropicClient } from '../../../../shared/dialects/anthropic/client/dialect.ts';
import { anthropic } from '../held.ts';
import { context, read, written } from '../reading.ts';

describe('a whole reply for a caller', () => {
  test('a whole reply and the stream of it say the same', () => {
    const reply = {
      id: 'msg_1',
      model: 'm',
      created: context.now,
      choices: [
        {
          parts: [
            { type: 'thinking' as const, text: 'hm', signature: { issuer: 'anthropic', value: 'S' } },
            { type: 'text' as const, text: 'Hi' },
            { type: 'tool-call' as const, id: 'a', name: 'f', arguments: '{"x":1}' },
          ],
          finish: 'tool-calls' as const,
        },
      ],
      usage: { input: 9, output: 4, cacheRead: 3 },
    };
    const whole = anthropicClient.writeReply(reply, context);
    expect(whole).toMatchObject({
      type: 'message',
      stop_reason: 'tool_use',
      content: [{ type: 'thinking' }, { type: 'text' }, { input: { x: 1 } }],
    });
    expect(anthropic.readReply(whole, context)).toEqual(reply);
    expect(collectReply(read(written(replayReply(reply)).text))).toEqual(reply);
  });

  test('#20 arguments that are no JSON are kept as text in an object', () => {
    const parts = [{ type: 'tool-call' as const, id: 'a', name: 'f', arguments: '{"cut": "o' }];
    const { content } = anthropicClient.writeReply(
      { id: 'x', model: 'm', choices: [{ parts, finish: 'length' }] },
      context,
    );
    expect(content).toMatchObject([{ type: 'tool_use', input: { _raw: '{"cut": "o' } }]);
  });

  test('#60 long numbers in arguments reach the caller digit by digit', () => {
    const parts = [{ type: 'tool-call' as const, id: 'a', name: 'f', arguments: '{"id":1917043659912705296}' }];
    const reply = anthropicClient.writeReply(
      { id: 'x', model: 'm', choices: [{ parts, finish: 'tool-calls' }] },
      context,
    );
    expect(JSON.stringify(reply)).toContain('{"id":1917043659912705296}');
  });
});
