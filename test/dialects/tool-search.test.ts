import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../shared/http/json.ts';
import { openDirect, shortest } from '../support/direct.ts';

const SEARCH = 'tool_search_tool_regex_20251119';
const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };

/** The shortest whole answer of each dialect. */
const replies: Record<string, unknown> = {
  chat: shortest,
  responses: {
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    output: [{ type: 'message', id: 'm', role: 'assistant', content: [{ type: 'output_text', text: 'ok' }] }],
  },
  gemini: { candidates: [{ content: { role: 'model', parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] },
  bedrock: { output: { message: { role: 'assistant', content: [{ text: 'ok' }] } }, stopReason: 'end_turn', usage },
  cohere: {
    id: 'x',
    message: { role: 'assistant', content: [{ type: 'text', text: 'ok' }] },
    finish_reason: 'COMPLETE',
  },
  // Without instructions amid the conversation: Anthropic's dialect by the long road.
  anthropic: { id: 'msg_1', content: [{ type: 'text', text: 'ok' }], stop_reason: 'end_turn' },
  business: { data: { answer: 'ok' } },
};

const definition = {
  providers: {
    chat: { baseUrl: 'https://chat.test/v1', auth: 'none' },
    responses: { preset: 'openai-responses', auth: 'none' },
    gemini: { preset: 'gemini', auth: 'none' },
    bedrock: { preset: 'bedrock', auth: 'bearer' },
    cohere: { preset: 'cohere', auth: 'none' },
    anthropic: { preset: 'anthropic', auth: 'none', traits: { systemTurns: 'remind' } },
    business: { preset: 'business', baseUrl: 'https://business.test', auth: 'none' },
  },
};

const found = [
  { type: 'tool_reference', tool_name: 'mcp__desk__stock' },
  {
    type: 'search_result',
    title: 'Lamps "2026"',
    source: 'https://shop.test/lamps',
    content: [
      { type: 'text', text: 'There are 42 lamps.' },
      { type: 'text', text: 'And 7 shades.' },
    ],
    citations: { enabled: true },
  },
];

const call = (id: string, name: string) => ({ type: 'tool_use', id, name, input: {} });

/** As Claude Code asks when its own search has found a tool, and the vendor's has before. */
const body = (model: string) => ({
  model,
  max_tokens: 99,
  tools: [
    { name: 'ToolSearch', description: 'Finds tools', input_schema: { type: 'object', properties: {} } },
    { name: 'mcp__desk__stock', input_schema: { type: 'object', properties: {} }, defer_loading: true },
    { type: SEARCH, name: 'tool_search_tool_regex' },
  ],
  messages: [
    { role: 'user', content: 'How many lamps?' },
    {
      role: 'assistant',
      content: [
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'tool_search_tool_regex', input: { query: 'stock' } },
        {
          type: 'tool_search_tool_result',
          tool_use_id: 'srvtoolu_1',
          content: { type: 'tool_search_tool_search_result', tool_references: [found[0]] },
        },
        call('toolu_1', 'ToolSearch'),
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: found }] },
    { role: 'system', content: 'Answer in English.' },
  ],
});

async function ask(provider: string, given: JsonObject) {
  const { call: post, asked } = openDirect({ definition, reply: () => ({ json: replies[provider] }) });
  const { status, headers, text } = await post('/v1/messages', { body: given });
  return { status, text, dropped: headers['x-sluice-dropped'], sent: asked[0]?.text ?? '' };
}

describe('what tools found', () => {
  test.each(['chat', 'responses', 'gemini', 'bedrock', 'cohere', 'anthropic'])(
    'reaches a model behind %s: the tool by name, a search result with title, source and texts',
    async (provider) => {
      const { status, text, sent } = await ask(provider, body(`${provider}/m`));
      expect([status, text]).toEqual([200, expect.any(String)]);
      for (const part of [
        "Found the tool 'mcp__desk__stock'",
        'Lamps',
        'https://shop.test/lamps',
        '42 lamps',
        '7 shades',
      ])
        expect(sent).toContain(part);
    },
  );

  test.each(['chat', 'responses', 'gemini', 'bedrock', 'cohere', 'anthropic'])(
    'can be called behind %s: a deferred tool is an ordinary one, and the search that is left out is named',
    async (provider) => {
      const { sent, dropped } = await ask(provider, body(`${provider}/m`));
      const { messages, contents, input, ...rest } = JSON.parse(sent);
      const offered = JSON.stringify(rest);
      expect(offered).toContain('mcp__desk__stock');
      expect(offered).not.toContain('defer_loading');
      expect(sent).not.toContain('tool_search_tool');
      expect(dropped).toBe(SEARCH);
    },
  );

  test('stays as it is for a provider of the same dialect that the bytes pass to', async () => {
    const given = body('anthropic/claude-opus-5');
    const messages = given.messages.slice(0, -1);
    const { sent, dropped } = await ask('anthropic', { ...given, messages });
    expect(JSON.parse(sent)).toEqual({ ...given, messages, model: 'claude-opus-5' });
    expect(dropped).toBeUndefined();
  });

  test('keeps its own form, citations too, where a conversation is written anew in the same dialect', async () => {
    const given = body('anthropic/m');
    const { sent } = await ask('anthropic', given);
    expect(JSON.stringify(JSON.parse(sent).messages)).toContain(JSON.stringify(found[1]));
  });

  test('a search result that the user gives reaches an API of plain text', async () => {
    const { status, sent } = await ask('business', {
      model: 'business/m',
      max_tokens: 9,
      messages: [{ role: 'user', content: [found[1], { type: 'text', text: 'How many?' }] }],
    });
    expect(status).toBe(200);
    expect(JSON.parse(sent).query).toContain('There are 42 lamps.');
  });

  test.each([
    [{ type: 'tool_reference' }, 'Found a tool.'],
    [{ type: 'search_result' }, '<search_result>'],
    [{ type: 'search_result', content: 'plain', title: 7 }, '<search_result>'],
  ])('in an odd form (%j) is never empty and never refused', async (block, expected) => {
    const messages = [
      ...body('').messages.slice(0, 2),
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [block] }] },
    ];
    const { status, sent } = await ask('chat', { model: 'chat/m', max_tokens: 9, messages });
    expect(status).toBe(200);
    expect(JSON.parse(sent).messages.at(-1).content).toContain(expected);
  });

  test('a search that must be used is refused, since no model but the vendor’s has it', async () => {
    const tool_choice = { type: 'tool', name: 'tool_search_tool_regex' };
    const { status, text } = await ask('chat', { ...body('chat/m'), tool_choice });
    expect(status).toBe(400);
    expect(text).toContain(SEARCH);
  });
});
