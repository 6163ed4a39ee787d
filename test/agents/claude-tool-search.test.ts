import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { MASTER_KEY, type Rig, startRig } from '../support/rig.ts';
import { type AgentSdk, loadAgentSdk } from './agent-sdk.ts';
import { INSTALLING_MS } from './install.ts';

/** The Claude Agent SDK with its tool search on: the model must find a tool before it is offered it. */
let sdk: AgentSdk;

const TOOL = 'mcp__desk__stock';
const SEARCH = 'ToolSearch';
/** What the model was told by the tools it called, request by request. */
const told: string[] = [];
let mock: LLMock;
let rig: Rig;
let home = '';

const call = (name: string, given: object): FixtureResponse => ({
  toolCalls: [{ name, arguments: JSON.stringify(given) }],
});

/** Searches, then calls what was found, and only where it is offered by then; then says what it learnt. */
function answer({ messages, tools = [] }: ChatCompletionRequest): FixtureResponse {
  const offers = (name: string): boolean => tools.some((tool) => tool.function.name === name);
  const results = messages.filter(({ role }) => role === 'tool');
  if (!offers(SEARCH)) return { content: 'A title' };
  told.push(JSON.stringify(results));
  if (told.at(-1)!.includes('42 pieces')) return { content: 'There are 42 pieces of that.' };
  if (results.length === 0) return call(SEARCH, { query: `select:${TOOL}` });
  return offers(TOOL) ? call(TOOL, { article: 'lamp' }) : { content: 'There is no such tool.' };
}

beforeAll(async () => {
  sdk = await loadAgentSdk();
  home = await mkdtemp(`${tmpdir()}/sluice-search-`);
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
        'search-anthropic': 'anthropic/claude-opus-5',
        'search-openai': 'openai/gpt-4o',
        'search-gemini': 'gemini/gemini-2.5-pro',
        'search-bedrock': 'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0',
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

describe('the Claude Agent SDK with tool search', () => {
  test.each(['search-anthropic', 'search-openai', 'search-gemini', 'search-bedrock'])(
    'finds a tool, calls it and ends right: %s',
    { timeout: 60_000 },
    async (model) => {
      const { createSdkMcpServer, query, tool } = sdk;
      const asked: string[] = [];
      told.length = 0;
      const about = 'How many pieces of an article are there';
      const stock = tool('stock', about, { article: z.string() }, async ({ article }) => {
        asked.push(article);
        return { content: [{ type: 'text' as const, text: '42 pieces' }] };
      });
      const run = query({
        prompt: 'How many lamps are there?',
        options: {
          model,
          maxTurns: 6,
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
            ENABLE_TOOL_SEARCH: 'true',
          },
        },
      });
      const results = [];
      for await (const message of run) if (message.type === 'result') results.push(message);
      expect(results[0]).toMatchObject({ subtype: 'success', is_error: false, result: 'There are 42 pieces of that.' });
      expect(asked).toEqual(['lamp']);
      // The mock reads no `tool_reference`; where the bytes pass, that is what the vendor gets.
      if (model !== 'search-anthropic') expect(told[1]).toContain(`Found the tool '${TOOL}'`);
      const served = rig.requests.filter(({ askedModel }) => askedModel === model);
      expect(served.length).toBeGreaterThanOrEqual(3);
      expect(served.filter(({ status }) => status !== 200)).toEqual([]);
      expect(new Set(served.map(({ session }) => session))).toEqual(new Set([expect.stringMatching(/^[\w-]{36}$/)]));
    },
  );
});
