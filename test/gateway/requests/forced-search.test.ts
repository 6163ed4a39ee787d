import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completion, sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';

/** A search that the answer must use, as Claude Code asks for one, where a provider has it at its endpoint for Responses only. */
let provider: TestProvider;
let rig: Rig;
let client: Anthropic;

const searched = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'gpt-5',
  output: [
    {
      id: 'ws_1',
      type: 'web_search_call',
      status: 'completed',
      action: { type: 'search', query: 'trees', sources: [{ type: 'url', url: 'https://a.ch' }] },
    },
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'A it is.', annotations: [] }],
    },
  ],
  usage: { input_tokens: 9, output_tokens: 3, total_tokens: 12 },
};

beforeAll(async () => {
  provider = await startProvider(({ path }, response) =>
    sendJson(response, 200, path.endsWith('/responses') ? searched : completion('No search.')),
  );
  const baseUrl = `${provider.url}/v1`;
  rig = await startRig({
    definition: {
      providers: { openai: { baseUrl }, chat: { baseUrl, secret: 'MOCK_KEY' } },
    },
  });
  client = new Anthropic({ authToken: MASTER_KEY, apiKey: null, baseURL: rig.url, maxRetries: 0 });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 8 } as const;
const ask = (model: string, fields: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}) =>
  client.messages.create({
    model,
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Search for trees.' }],
    tools: [search],
    tool_choice: { type: 'tool', name: 'web_search' },
    ...fields,
  });

test('is asked for there, and what was found comes back', async () => {
  const { content } = await ask('openai/gpt-5');
  expect(provider.asked.at(-1)).toMatchObject({
    path: '/v1/responses',
    body: { model: 'gpt-5', tools: [{ type: 'web_search' }], tool_choice: { type: 'web_search' } },
  });
  expect(content).toMatchObject([
    { type: 'server_tool_use', name: 'web_search' },
    { type: 'web_search_tool_result', content: [{ url: 'https://a.ch' }] },
    { type: 'text', text: 'A it is.' },
  ]);
  expect(rig.requests.at(-1)).toMatchObject({ provider: 'openai', dialect: 'anthropic', status: 200 });
});

test('is refused where the provider has it nowhere', async () => {
  const before = provider.asked.length;
  await expect(ask('chat/m')).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining("no tool of type 'web_search_20250305'"),
  });
  expect(provider.asked).toHaveLength(before);
});

test('is left out by name where the answer need not use it, at the endpoint for all else', async () => {
  const { response } = await ask('openai/gpt-5', { tool_choice: { type: 'auto' } }).withResponse();
  expect(response.headers.get('x-sluice-dropped')).toContain('tools.web_search');
  expect(provider.asked.at(-1)!.path).toBe('/v1/chat/completions');
});
