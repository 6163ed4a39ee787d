import { describe, expect, test } from 'vitest';
import { openaiChatClient } from '../../../shared/dialects/openai-chat/client/dialect.ts';
import { openaiChat } from './held.ts';
import { context } from './reading.ts';

const written = (body: object): object => {
  const { body: bytes } = openaiChat.writeRequest(openaiChatClient.readRequest(JSON.parse(JSON.stringify(body))), {
    model: 'm',
    traits: {},
  });
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
};

describe('a request for a provider', () => {
  test('deprecated functions come out as functions were asked', () => {
    const body = {
      model: 'm',
      messages: [
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: 'r' },
      ],
    };
    expect(written(body)).toEqual(body);
  });

  test('#52 results without a call, calls without a result and results out of order are repaired', () => {
    const fn = { name: 'f', arguments: '{}' };
    const calls = ['a', 'b'].map((id) => ({ id, type: 'function', function: fn }));
    const messages = [
      { role: 'tool', tool_call_id: 'x', content: 'lost' },
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'user', content: 'well?' },
      { role: 'tool', tool_call_id: 'b', content: 'B' },
    ];
    const { messages: repaired } = written({ model: 'm', messages }) as {
      messages: { role: string; tool_call_id?: string }[];
    };
    expect(repaired.map(({ role, tool_call_id: id }) => id ?? role)).toEqual(['user', 'assistant', 'a', 'b', 'user']);
  });

  test('#71 a tool name that OpenAI refuses goes out under a legal one, and comes back as the caller knows it', () => {
    const name = `mcp.desk/${'very-'.repeat(20)}long`;
    const asked = openaiChatClient.readRequest({
      model: 'm',
      messages: [{ role: 'user', content: 'x' }],
      tools: [{ type: 'function', function: { name, parameters: { type: 'object' } } }],
    });
    const { body, memo } = openaiChat.writeRequest(asked, { model: 'm', traits: {} });
    const sent = JSON.parse(Buffer.from(body).toString()).tools[0].function.name;
    expect(sent).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    const message = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: sent, arguments: '{}' } }],
    };
    const reply = openaiChat.readReply(
      { choices: [{ index: 0, message, finish_reason: 'tool_calls' }] },
      { ...context, ...(memo ? { memo } : {}) },
    );
    expect(reply.choices[0]?.parts).toMatchObject([{ type: 'tool-call', name }]);
  });

  test('#64 an image in a tool result follows in a message of the user’s, after all results of the turn', () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://x.example/a.png' } } as const;
    const { body } = openaiChat.writeRequest(
      {
        model: 'm',
        stream: false,
        messages: [
          {
            role: 'assistant',
            parts: ['a', 'b'].map((id) => ({ type: 'tool-call' as const, id, name: 'f', arguments: '{}' })),
          },
          {
            role: 'tool',
            results: [
              { callId: 'a', parts: [{ type: 'text', text: 'see' }, image] },
              { callId: 'b', parts: [], isError: true },
            ],
          },
        ],
      },
      { model: 'm', traits: {} },
    );
    expect(JSON.parse(Buffer.from(body).toString()).messages.slice(1)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'see\n[image returned, see next message]' },
      { role: 'tool', tool_call_id: 'b', content: 'Error: ' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.example/a.png' } }] },
    ]);
  });

  test('#80 a provider’s traits are followed: names, dropped fields, roles, thinking kept or stripped', () => {
    const body = {
      model: 'm',
      messages: [
        { role: 'developer', content: 'd' },
        { role: 'assistant', content: 'a', reasoning_content: 'hm' },
      ],
      max_completion_tokens: 5,
      seed: 1,
      logit_bias: { '1': 1 },
    };
    const traits = {
      maxTokensField: 'max_tokens',
      renames: { seed: 'random_seed' },
      drops: ['logit_bias'],
      developerAsSystem: true,
      thinkingHistory: 'strip',
    } as const;
    const { body: bytes, dropped } = openaiChat.writeRequest(openaiChatClient.readRequest(body), {
      model: 'real',
      traits,
    });
    expect(JSON.parse(Buffer.from(bytes).toString())).toEqual({
      model: 'real',
      messages: [
        { role: 'system', content: 'd' },
        { role: 'assistant', content: 'a' },
      ],
      max_tokens: 5,
      random_seed: 1,
    });
    expect(dropped).toEqual(['logit_bias']);
  });

  test('fields of another dialect that have no place here are named, never lost in silence', () => {
    const native = { dialect: 'openai-completions', fields: { logit_bias: { '1': 1 }, best_of: 1 } };
    const messages = [{ role: 'user' as const, parts: [{ type: 'text' as const, text: 'x' }] }];
    const { body, dropped } = openaiChat.writeRequest(
      { model: 'm', stream: false, messages, native },
      { model: 'm', traits: {} },
    );
    expect(Object.keys(JSON.parse(Buffer.from(body).toString()))).toEqual(['model', 'messages']);
    expect(dropped).toEqual(['logit_bias', 'best_of']);
  });
});
