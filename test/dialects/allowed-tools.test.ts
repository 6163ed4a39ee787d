import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../shared/chat/request.ts';
import { cohere } from '../../shared/dialects/cohere/provider/dialect.ts';
import type { ClientDialect, ProviderDialect } from '../../shared/dialects/dialect.ts';
import { openaiChatClient } from '../../shared/dialects/openai-chat/client/dialect.ts';
import { openaiChat } from '../../shared/dialects/openai-chat/provider/dialect.ts';
import { openaiResponsesClient } from '../../shared/dialects/openai-responses/client/dialect.ts';
import { openaiResponses } from '../../shared/dialects/openai-responses/provider/dialect.ts';
import { readJsonBody } from '../../shared/http/json.ts';
import { editMembers } from '../../shared/http/json-members.ts';

const target = { model: 'gpt-5', traits: { customTools: 'native' } } as const;

const chatBody = {
  model: 'gpt-5',
  messages: [{ role: 'user', content: 'Hi' }],
  tools: [
    { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } },
    { type: 'custom', custom: { name: 'patch', format: { type: 'text' } } },
    { type: 'custom', custom: { name: 'shell' } },
  ],
  tool_choice: {
    type: 'allowed_tools',
    allowed_tools: {
      mode: 'required',
      tools: [
        { type: 'function', function: { name: 'look' } },
        { type: 'custom', custom: { name: 'patch' } },
      ],
    },
  },
};

const responsesBody = {
  model: 'gpt-5',
  input: 'Hi',
  tools: [
    { type: 'function', name: 'look', parameters: { type: 'object', properties: {} } },
    { type: 'custom', name: 'patch', format: { type: 'text' } },
    { type: 'custom', name: 'shell' },
  ],
  tool_choice: {
    type: 'allowed_tools',
    mode: 'required',
    tools: [
      { type: 'function', name: 'look' },
      { type: 'custom', name: 'patch' },
    ],
  },
};

const written = (request: ChatRequest, { writeRequest }: ProviderDialect) =>
  JSON.parse(Buffer.from(writeRequest(request, target).body).toString('utf8'));

describe('a choice among some functions and some tools of free text', () => {
  const callers: [string, ClientDialect, object][] = [
    ['OpenAI chat', openaiChatClient, chatBody],
    ['Responses', openaiResponsesClient, responsesBody],
  ];

  test.each(callers)('is read from a caller of %s by the names of the tools', (_, client, body) => {
    client.glance({ ...body });
    expect(client.readRequest({ ...body }).toolChoice).toEqual({
      type: 'allowed',
      mode: 'required',
      names: ['look', 'patch'],
    });
  });

  test.each(callers)('of a caller of %s is written for both dialects with the kind of each tool', (_, client, body) => {
    const request = client.readRequest({ ...body });
    expect(written(request, openaiChat).tool_choice).toEqual(chatBody.tool_choice);
    expect(written(request, openaiResponses).tool_choice).toEqual(responsesBody.tool_choice);
  });

  test.each([
    ['OpenAI chat', openaiChatClient, openaiChat, chatBody],
    ['Responses', openaiResponsesClient, openaiResponses, responsesBody],
  ] as const)('passes unchanged where caller and provider speak %s', (_, client, { short }, body) => {
    const parsed = readJsonBody(Buffer.from(JSON.stringify(body)));
    const glance = client.glance(parsed.value);
    expect(short!.mayPass(glance, target.traits, 'gpt-5')).toBe(true);
    const { edits, dropped } = short!.edit(parsed, glance, target);
    const sent = JSON.parse(Buffer.from(editMembers(parsed, edits)).toString('utf8'));
    expect(sent.tool_choice).toEqual(body.tool_choice);
    expect(sent.tools).toEqual(body.tools);
    expect(dropped).toEqual([]);
  });

  test('lets Cohere, which knows functions only, be shown the functions alone', () => {
    const request = openaiChatClient.readRequest({
      ...chatBody,
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'look' } }] },
      },
    });
    expect(written(request, cohere).tools).toMatchObject([{ function: { name: 'look' } }]);
    expect(() => written(openaiChatClient.readRequest({ ...chatBody }), cohere)).toThrow("no tool of type 'custom'");
  });
});

test('a tool of free text with a name the provider cannot take has its own name again in the answer', () => {
  const request = openaiChatClient.readRequest({
    ...chatBody,
    tools: [{ type: 'custom', custom: { name: 'my.patch' } }],
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: { mode: 'auto', tools: [{ type: 'custom', custom: { name: 'my.patch' } }] },
    },
  });
  const { body, memo } = openaiChat.writeRequest(request, target);
  const { tools, tool_choice: choice } = JSON.parse(Buffer.from(body).toString('utf8'));
  const { name } = tools[0].custom;
  expect(name).toMatch(/^[\w-]+$/);
  expect(choice.allowed_tools.tools).toEqual([{ type: 'custom', custom: { name } }]);
  const call = { id: 'c', type: 'custom', custom: { name, input: 'x' } };
  const reply = openaiChat.readReply(
    { choices: [{ index: 0, finish_reason: 'tool_calls', message: { role: 'assistant', tool_calls: [call] } }] },
    { id: 'a', model: 'm', now: 0, ...(memo ? { memo } : {}) },
  );
  expect(reply.choices[0]!.parts).toMatchObject([{ type: 'tool-call', kind: 'custom', name: 'my.patch' }]);
});
