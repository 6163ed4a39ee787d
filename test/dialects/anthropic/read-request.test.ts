import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anthropicClient } from '../../../shared/dialects/anthropic/dialect.ts';
import { estimateInput } from '../../../shared/dialects/anthropic/estimate-input.ts';
import { GatewayError } from '../../../shared/errors.ts';
import { type JsonObject, readJsonBody } from '../../../shared/http/json.ts';

const { glance, readRequest } = anthropicClient;
const user = (content: unknown): JsonObject => ({ role: 'user', content });
const assistant = (content: unknown): JsonObject => ({ role: 'assistant', content });
const body = (messages: unknown[], extra: JsonObject = {}): JsonObject => ({
  model: 'claude-sonnet-5',
  max_tokens: 1024,
  messages,
  ...extra,
});
const messagesOf = (...messages: unknown[]) => readRequest(body(messages)).messages;

function refusalOf(act: () => unknown): GatewayError {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

describe('a caller’s request', () => {
  test('text, system blocks, parameters and marks arrive in the hub', () => {
    const request = readRequest(
      body([user('Hi')], {
        system: [
          { type: 'text', text: 'Be brief.' },
          { type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral', ttl: '1h' } },
        ],
        temperature: 0.5,
        top_k: 5,
        stop_sequences: ['END', ''],
        stream: true,
      }),
    );
    expect(request).toEqual({
      model: 'claude-sonnet-5',
      messages: [
        {
          role: 'system',
          parts: [
            { type: 'text', text: 'Be brief.' },
            { type: 'text', text: 'Be kind.', cache: { ttl: '1h' } },
          ],
        },
        { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      ],
      stream: true,
      streamUsage: true,
      maxTokens: 1024,
      temperature: 0.5,
      topK: 5,
      stop: ['END'],
    });
  });

  test('tools, a choice and one call at a time', () => {
    const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: {} };
    const request = readRequest(
      body([user('x')], {
        tools: [
          {
            name: 'f',
            description: 'd',
            input_schema: schema,
            strict: true,
            defer_loading: true,
            cache_control: { type: 'ephemeral' },
          },
          { type: 'web_search_20260318', name: 'web_search', max_uses: 3 },
          { type: 'tool_search_tool_bm25_20251119', name: 'tool_search' },
        ],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      }),
    );
    expect(request.tools).toMatchObject([
      { kind: 'function', name: 'f', description: 'd', schema, strict: true, cache: {} },
      { kind: 'native', name: 'web_search_20260318' },
    ]);
    expect(request).toMatchObject({ toolChoice: { type: 'required' }, parallelToolCalls: false });
  });

  test('a tool result with an image, an error and text behind it', () => {
    const png = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };
    const messages = messagesOf(
      user('go'),
      assistant([{ type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1 } }]),
      user([
        { type: 'text', text: 'and?' },
        {
          type: 'tool_result',
          tool_use_id: 'toolu_1',
          is_error: true,
          content: [{ type: 'text', text: 'seen' }, png],
          cache_control: { type: 'ephemeral' },
        },
      ]),
    );
    expect(messages.slice(1)).toEqual([
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'toolu_1', name: 'look', arguments: '{"at":1}' }] },
      {
        role: 'tool',
        results: [
          {
            callId: 'toolu_1',
            isError: true,
            cache: {},
            parts: [
              { type: 'text', text: 'seen' },
              {
                type: 'image',
                at: 'messages.2.content.1.content.1',
                source: { type: 'data', mediaType: 'image/png', data: 'iVBORw0KGgo=' },
              },
            ],
          },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'and?' }] },
    ]);
    expect(glance(body([user([{ type: 'tool_result', tool_use_id: 'x', content: [png] }])])).hasImages).toBe(true);
  });

  test('documents are files, those of plain text are text', () => {
    const [message] = messagesOf(
      user([
        { type: 'document', title: 'T', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
        { type: 'document', title: 'N', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
        { type: 'image', source: { type: 'url', url: 'https://a.example/i.png' } },
        { type: 'image', source: { type: 'file', file_id: 'file_1' } },
      ]),
    );
    expect(message).toMatchObject({
      parts: [
        { type: 'file', name: 'T', source: { type: 'data', mediaType: 'application/pdf' } },
        { type: 'text', text: '<document title="N">\nwords\n</document>' },
        { type: 'image', source: { type: 'url', url: 'https://a.example/i.png' } },
        { type: 'image', source: { type: 'id', id: 'file_1' } },
      ],
    });
  });

  test('#48 a system turn amid the conversation is read in its place, with its own output_config or empty', () => {
    const turn = {
      role: 'system',
      content: [{ type: 'text', text: 'Now in French.' }],
      output_config: { effort: 'low' },
    };
    expect(messagesOf(user('Hi'), turn, { role: 'system', content: [] })).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      { role: 'system', parts: [{ type: 'text', text: 'Now in French.' }] },
    ]);
    expect(glance(body([user('Hi'), turn])).hasSystemTurns).toBe(true);
  });

  test('#77 #78 thoughts keep their seals; the seal says whose they are', () => {
    const [, message] = messagesOf(
      user('x'),
      assistant([
        { type: 'thinking', thinking: '', signature: 'SIG' },
        { type: 'redacted_thinking', data: 'HIDDEN' },
        { type: 'thinking', thinking: 'none', signature: '' },
        { type: 'text', text: 'a' },
      ]),
    );
    expect(message).toEqual({
      role: 'assistant',
      parts: [
        { type: 'thinking', text: '', signature: { issuer: 'anthropic', value: 'SIG' } },
        { type: 'thinking', text: '', redacted: true, signature: { issuer: 'anthropic', value: 'HIDDEN' } },
        { type: 'thinking', text: 'none' },
        { type: 'text', text: 'a' },
      ],
    });
  });

  test('how to think is read: budget, effort, both, off', () => {
    const reasoning = (extra: JsonObject) => readRequest(body([user('x')], extra)).reasoning;
    expect(reasoning({ thinking: { type: 'enabled', budget_tokens: 31_999 } })).toEqual({
      enabled: true,
      budget: 31_999,
    });
    expect(
      reasoning({ thinking: { type: 'adaptive', display: 'updates' }, output_config: { effort: 'high' } }),
    ).toMatchObject({
      enabled: true,
      effort: 'high',
    });
    expect(reasoning({ thinking: { type: 'disabled' }, output_config: { effort: 'high' } })).toEqual({
      enabled: false,
    });
    expect(reasoning({})).toBeUndefined();
  });

  test('an answer’s schema is read under its name and its beta’s name', () => {
    const format = { type: 'json_schema', schema: { type: 'object' } };
    for (const extra of [{ output_config: { format } }, { output_format: format }]) {
      expect(readRequest(body([user('x')], extra)).format).toMatchObject({
        type: 'json-schema',
        schema: { type: 'object' },
      });
    }
  });

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
      [body([user('x')], { temperature: 3 }), 'temperature: Too big: expected number to be <=2'],
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

describe('the estimate of a request’s tokens', () => {
  test('#92 grows with what is said and is near a quarter of its bytes', () => {
    const words = 'The quick brown fox jumps over the lazy dog. '.repeat(100);
    const count = estimateInput(
      body([user(words)], { system: words, tools: [{ name: 'f', input_schema: { type: 'object' } }] }),
    );
    expect(count).toBeGreaterThan((words.length * 2) / 5);
    expect(count).toBeLessThan((words.length * 2) / 3.5);
  });

  test('pictures and pages have a price of their own, not that of their bytes', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(400_000) } };
    expect(estimateInput(body([user([image])]))).toBeLessThan(2000);
    expect(
      estimateInput(body([user([{ type: 'tool_result', tool_use_id: 'x', content: [image, image] }])])),
    ).toBeGreaterThan(3000);
  });

  test('a body without messages is still counted', () => {
    expect(estimateInput({})).toBe(1);
  });
});
