import { describe, expect, test } from 'vitest';
import { anthropicClient } from '../../../../shared/dialects/anthropic/client/dialect.ts';
import type { JsonObject } from '../../../../shared/http/json.ts';

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

describe('a caller’s request', () => {
  test('#85 text, system blocks, stops, parameters and marks arrive in the hub', () => {
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
      { kind: 'native', name: 'web_search', hosted: { type: 'web-search', maxUses: 3 } },
    ]);
    expect(request).toMatchObject({ toolChoice: { type: 'required' }, parallelToolCalls: false });
  });

  test('#56 #64 a tool result with an image, an error and text behind it', () => {
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

  test('#77 #78 thinking keeps its signatures; the signature says whose it is', () => {
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
});
