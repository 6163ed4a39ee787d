import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MASTER_KEY, type Rig, startRig } from '../support/rig.ts';
import { type AgentSdk, loadAgentSdk } from './agent-sdk.ts';
import { INSTALLING_MS } from './install.ts';

/** The Claude Agent SDK: its own process speaks to the gateway, behind which another provider stands each time. */
let sdk: AgentSdk;

const TOOL = 'mcp__desk__stock';
let mock: LLMock;
let rig: Rig;
let home = '';

/** Asks for the tool when it is offered and was not asked yet, then says what it learnt. */
function answer({ messages, tools }: ChatCompletionRequest): FixtureResponse {
  const results = JSON.stringify(messages.filter(({ role }) => role === 'tool'));
  if (results.includes('42 pieces')) return { content: 'There are 42 pieces of that.' };
  if (!tools?.some(({ function: { name } }) => name === TOOL)) return { content: 'A title' };
  return { toolCalls: [{ name: TOOL, arguments: JSON.stringify({ article: 'lamp' }) }] };
}

beforeAll(async () => {
  sdk = await loadAgentSdk();
  home = await mkdtemp(`${tmpdir()}/sluice-agent-`);
  mock = new LLMock({ port: 0, host: '127.0.0.1' });
  mock.on({ predicate: () => true }, answer);
  await mock.start();
  const { url } = mock;
  rig = await startRig({
    definition: {
      providers: {
        anthropic: { baseUrl: `${url}/v1` },
        openai: { baseUrl: `${url}/v1` },
        gemini: { baseUrl: `${url}/v1beta` },
        bedrock: { baseUrl: url, auth: 'bearer' },
      },
      models: {
        'through-anthropic': 'anthropic/claude-sonnet-4-5',
        'through-openai': 'openai/gpt-4o',
        'through-gemini': 'gemini/gemini-2.5-pro',
        'through-bedrock': 'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0',
      },
      defaultModel: 'openai/gpt-4o-mini',
    },
  });
}, INSTALLING_MS);
afterAll(async () => {
  await rig?.close();
  await mock?.stop();
  if (home) await rm(home, { recursive: true, force: true });
});

describe('the Claude Agent SDK', () => {
  test.each(['through-anthropic', 'through-openai', 'through-gemini', 'through-bedrock'])(
    'completes a run with a tool call and its result %s',
    { timeout: 60_000 },
    async (model) => {
      const { createSdkMcpServer, query, tool } = sdk;
      const asked: string[] = [];
      const stock = tool(
        'stock',
        'How many pieces of an article are there',
        { article: z.string() },
        async ({ article }) => {
          asked.push(article);
          return { content: [{ type: 'text', text: '42 pieces' }] };
        },
      );
      const run = query({
        prompt: 'How many lamps are there?',
        options: {
          model,
          maxTurns: 4,
          cwd: home,
          mcpServers: { desk: createSdkMcpServer({ name: 'desk', version: '1.0.0', tools: [stock] }) },
          allowedTools: [TOOL],
          settingSources: [],
          env: {
            PATH: process.env.PATH ?? '',
            HOME: home,
            ANTHROPIC_BASE_URL: rig.url,
            ANTHROPIC_AUTH_TOKEN: MASTER_KEY,
            ANTHROPIC_MODEL: model,
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
            DISABLE_TELEMETRY: '1',
            // Tools are given outright; a model that must search for them first is another test.
            ENABLE_TOOL_SEARCH: 'false',
          },
        },
      });
      const results = [];
      for await (const message of run) if (message.type === 'result') results.push(message);
      expect(results[0]).toMatchObject({ subtype: 'success', is_error: false, result: 'There are 42 pieces of that.' });
      expect(asked).toEqual(['lamp']);
      const served = rig.requests.filter(({ askedModel }) => askedModel === model);
      expect(served.length).toBeGreaterThanOrEqual(2);
      expect(served.filter(({ status }) => status !== 200)).toEqual([]);
      expect(served[0]).toMatchObject({ dialect: 'anthropic', provider: model.replace('through-', '') });
    },
  );
});
