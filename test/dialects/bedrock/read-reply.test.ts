import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../shared/errors.ts';
import type { JsonObject } from '../../../shared/http/json.ts';
import { bedrock, unheld } from './held.ts';

const context = { id: 'abc123', model: 'claude', now: 1_763_640_000 };

const converse = (content: object[], more: object = {}): JsonObject => ({
  metrics: { latencyMs: 1189 },
  output: { message: { content, role: 'assistant' } },
  stopReason: 'end_turn',
  usage: { cacheReadInputTokens: 7, cacheWriteInputTokens: 3, inputTokens: 10, outputTokens: 5, totalTokens: 25 },
  ...more,
});

describe('the reply of Converse', () => {
  test('text, and the token counts as Bedrock counted them, the cache within the input', () => {
    expect(bedrock.readReply(converse([{ text: 'Hello' }]), context)).toEqual({
      id: 'msg_abc123',
      model: 'claude',
      created: 1_763_640_000,
      choices: [{ parts: [{ type: 'text', text: 'Hello' }], finish: 'stop' }],
      usage: { input: 20, output: 5, cacheRead: 7, cacheWrite: 3 },
    });
  });

  test('thinking, hidden thinking and parallel calls', () => {
    const content = [
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln' } } },
      { reasoningContent: { redactedContent: 'aGlkZGVu' } },
      { text: 'Both.' },
      { toolUse: { toolUseId: 'tooluse_A', name: 'weather', input: { city: 'Paris' } } },
      { toolUse: { toolUseId: 'tooluse_B', name: 'now', input: {} } },
    ];
    const [choice] = bedrock.readReply(converse(content, { stopReason: 'tool_use' }), context).choices;
    expect(choice).toEqual({
      finish: 'tool-calls',
      parts: [
        { type: 'thinking', text: 'Hm.', signature: { issuer: 'anthropic', value: 'c2ln' } },
        { type: 'thinking', text: '', redacted: true, signature: { issuer: 'anthropic', value: 'aGlkZGVu' } },
        { type: 'text', text: 'Both.' },
        { type: 'tool-call', id: 'tooluse_A', name: 'weather', arguments: '{"city":"Paris"}' },
        { type: 'tool-call', id: 'tooluse_B', name: 'now', arguments: '{}' },
      ],
    });
  });

  test('#82 thinking of models that sign none carries no signature', () => {
    const content = [{ reasoningContent: { reasoningText: { text: 'Hm.' } } }, { text: 'Yes.' }];
    const [choice] = bedrock.readReply(converse(content), context).choices;
    expect(choice?.parts[0]).toEqual({ type: 'thinking', text: 'Hm.' });
  });

  test('#71 #75 names are turned back, and the tool that stands in for a schema is the text', () => {
    const content = [
      { toolUse: { toolUseId: 'a', name: '_x_12345678', input: {} } },
      { toolUse: { toolUseId: 'b', name: 'json', input: { ok: true } } },
    ];
    const memo = { toolNames: new Map([['_x_12345678', 'x.y']]), formatTool: 'json' };
    const [choice] = bedrock.readReply(converse(content, { stopReason: 'tool_use' }), { ...context, memo }).choices;
    expect(choice?.parts).toMatchObject([{ name: 'x.y' }, { type: 'text', text: '{"ok":true}' }]);
    expect(choice?.finish).toBe('tool-calls');
  });

  test('#75 an answer in a schema alone ends with stop', () => {
    const content = [{ toolUse: { toolUseId: 'b', name: 'json', input: { ok: true } } }];
    const reply = bedrock.readReply(converse(content, { stopReason: 'tool_use' }), {
      ...context,
      memo: { formatTool: 'json' },
    });
    expect(reply.choices[0]).toEqual({ parts: [{ type: 'text', text: '{"ok":true}' }], finish: 'stop' });
  });

  test('#38 an answer with nothing in it, and one a guardrail stopped', () => {
    expect(bedrock.readReply(converse([]), context).choices).toEqual([{ parts: [], finish: 'stop' }]);
    const stopped = converse([{ text: 'Sorry.' }], { stopReason: 'guardrail_intervened' });
    expect(bedrock.readReply(stopped, context).choices[0]?.finish).toBe('refused');
  });

  test('a reply that is an error, has no message, or ended in a failure of the model is refused', () => {
    const wrong = [
      { Output: { __type: 'com.amazon.coral.service#UnknownOperationException' }, Version: '1.0' },
      { __type: 'ThrottlingException', message: 'Too many requests' },
      { message: 'hm' },
      converse([], { stopReason: 'malformed_tool_use' }),
    ];
    for (const body of wrong) expect(() => bedrock.readReply(body, context)).toThrow(GatewayError);
    expect(() => bedrock.readReply(wrong[1] as JsonObject, context)).toThrow('Too many requests');
  });

  test('replies of any shape never crash the reader', () => {
    const block = fc.dictionary(
      fc.constantFrom('text', 'toolUse', 'reasoningContent', 'citationsContent', 'image', 'new'),
      fc.jsonValue(),
    );
    const body = fc.record({
      output: fc.oneof(
        fc.jsonValue(),
        fc.record({ message: fc.record({ content: fc.oneof(fc.array(block), fc.jsonValue()) }) }),
      ),
      stopReason: fc.jsonValue(),
      usage: fc.jsonValue(),
      additionalModelResponseFields: fc.jsonValue(),
    });
    fc.assert(
      fc.property(body, (reply) => {
        try {
          expect(unheld.readReply(reply as JsonObject, context).choices).toHaveLength(1);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
