import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anthropicClient } from '../../../../shared/dialects/anthropic/client/dialect.ts';
import { estimateInput } from '../../../../shared/dialects/anthropic/client/estimate-input.ts';
import { GatewayError } from '../../../../shared/errors.ts';
import { type JsonObject, readJsonBody } from '../../../../shared/http/json.ts';

const { glance, readRequest } = anthropicClient;
const user = (content: unknown): JsonObject => ({ role: 'user', content });
const body = (messages: unknown[], extra: JsonObject = {}): JsonObject => ({
  model: 'claude-sonnet-5',
  max_tokens: 1024,
  messages,
  ...extra,
});

function refusalOf(act: () => unknown): GatewayError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

describe('what callers may send', () => {
  test('#91 what Claude Code sends is never refused, and what is a beta’s rides along', () => {
    const sent = body(
      [
        user([
          { type: 'text', text: '<system-reminder>…' },
          { type: 'text', text: 'hi', cache_control: { type: 'ephemeral', ttl: '1h', scope: 'global' } },
        ]),
        { role: 'system', content: [{ type: 'text', text: 's' }], output_config: { effort: 'high' } },
      ],
      {
        max_tokens: 32_000,
        system: [
          { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.329;' },
          { type: 'text', text: 'You are…' },
        ],
        thinking: { type: 'adaptive', display: 'updates' },
        output_config: { effort: 'high', task_budget: { type: 'tokens', total: 9 } },
        context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
        metadata: { user_id: '{"device_id":"d","account_uuid":"","session_id":"s"}' },
        tools: [
          {
            name: 'DeferredToolPlaceholder',
            input_schema: { type: 'object' },
            defer_loading: true,
            eager_input_streaming: true,
          },
        ],
        stream: true,
      },
    );
    expect(glance(sent)).toMatchObject({ model: 'claude-sonnet-5', stream: true, maxTokens: 32_000, hasTools: true });
    const request = readRequest(sent);
    expect(request.native).toEqual({ dialect: 'anthropic', fields: { context_management: sent.context_management } });
    expect(request.messages[0]).toEqual({ role: 'system', parts: [{ type: 'text', text: 'You are…' }] });
    expect(request.endUser).toMatch(/^[0-9a-f]{32}$/);
  });

  test('#60 long numbers, odd keys and their order survive in arguments and schemas', () => {
    const raw =
      '{"id":1917043659912705296,"neg":-9007199254740993,"f":1.5,"big":"12345678901234567890","__proto__":{"x":1}}';
    const schema = '{"type":"object","properties":{"n":{"type":"integer","maximum":9223372036854775807}}}';
    const bytes = Buffer.from(
      `{"model":"m","max_tokens":9,"tools":[{"name":"f","input_schema":${schema}}],"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":${raw}}]}]}`,
    );
    const request = readRequest(readJsonBody(bytes).value);
    expect(request.messages[1]).toMatchObject({ parts: [{ arguments: raw }] });
    expect(JSON.stringify(request.tools![0]!.schema)).toBe(schema);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  test('a mistake is named in the vendor’s words', () => {
    const cases: [JsonObject, string][] = [
      [{ model: 'm', max_tokens: 1 }, 'messages: Field required'],
      [body([]), 'messages: at least one message is required'],
      [body([{ role: 'tool', content: 'x' }]), "messages.0.role: Input should be 'user' or 'assistant'"],
      [body([user('x'), user([{ type: 'text' }])]), 'messages.1.content.0.text: Field required'],
      [body([user('x')], { max_tokens: '5' }), 'max_tokens: expected number, received string'],
      [body([user('x')], { temperature: 3 }), 'temperature: expected a number from 0 to 2, but got 3'],
    ];
    for (const [wrong, message] of cases) {
      const refusal = refusalOf(() => glance(wrong));
      expect(refusal).toMatchObject({ kind: 'invalid_request', message });
      expect(refusal.param).toBe(message.split(':')[0]);
    }
  });

  test('any JSON is read or refused, never a crash', () => {
    const odd = fc.jsonValue({ maxDepth: 4 });
    const messages = fc.array(
      fc.oneof(
        odd,
        fc.record({
          role: fc.constantFrom('user', 'assistant', 'system'),
          content: fc.oneof(
            fc.string(),
            fc.array(
              fc.record({
                type: fc.constantFrom('text', 'image', 'document', 'tool_use', 'tool_result', 'thinking', 'odd'),
                text: odd,
                source: odd,
                content: odd,
                id: odd,
                input: odd,
              }),
            ),
          ),
        }),
      ),
    );
    fc.assert(
      fc.property(
        fc.record(
          {
            model: fc.oneof(fc.constant('m'), odd),
            messages: fc.oneof(messages, odd),
            system: odd,
            tools: odd,
            thinking: odd,
            metadata: odd,
          },
          { requiredKeys: [] },
        ),
        (value) => {
          const sent = value as JsonObject;
          expect(estimateInput(sent)).toBeGreaterThan(0);
          try {
            glance(sent);
          } catch (thrown) {
            expect((thrown as GatewayError).kind).toBe('invalid_request');
            return;
          }
          expect(readRequest(sent).messages).toBeInstanceOf(Array);
        },
      ),
      { numRuns: 200 },
    );
  });
});
