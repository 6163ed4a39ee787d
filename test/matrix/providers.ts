import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';
import { startSampleBusinessApi } from '../../infra/local/sample-business-api.ts';
import type { Scenario } from './scenarios.ts';
import { tapWire, type WireTap } from './wire-tap.ts';

/** A provider of each dialect: how it is configured, and what it refuses, with the words that say so. */
export interface ProviderRow {
  name: string;
  model: string;
  config(url: string): object;
  refuses: Partial<Record<Scenario, RegExp>>;
}

const noTools = /tool/i;

export const providers: readonly ProviderRow[] = [
  { name: 'openai', model: 'gpt-4o', config: (url) => ({ baseUrl: `${url}/v1` }), refuses: {} },
  { name: 'openai-responses', model: 'gpt-4o', config: (url) => ({ baseUrl: `${url}/v1` }), refuses: {} },
  { name: 'anthropic', model: 'claude-sonnet-4-5', config: (url) => ({ baseUrl: `${url}/v1` }), refuses: {} },
  { name: 'gemini', model: 'gemini-2.5-pro', config: (url) => ({ baseUrl: `${url}/v1beta` }), refuses: {} },
  {
    name: 'bedrock',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    config: (url) => ({ baseUrl: url, auth: 'bearer' }),
    refuses: {},
  },
  { name: 'cohere', model: 'command-a-03-2025', config: (url) => ({ baseUrl: `${url}/v2` }), refuses: {} },
  {
    name: 'business',
    model: 'assistant',
    config: (url) => ({ baseUrl: url }),
    refuses: {
      tool: noTools,
      toolResult: noTools,
      image: /image/i,
      // Some clients ask for a schema by a tool of their own making.
      schema: /json|schema|format|tools/i,
    },
  },
];

export interface Stage {
  taps: ReadonlyMap<string, WireTap>;
  close(): Promise<void>;
}

/** What any provider says: an error where it is asked for one, a call for the tool it is given, else words. */
function answer({ messages, tools, response_format: format }: ChatCompletionRequest): FixtureResponse {
  const said = JSON.stringify(messages);
  if (said.includes('please fail')) return { error: { message: 'slow down', type: 'rate_limit_error' }, status: 429 };
  if (said.includes('21 degrees')) return { content: 'It is 21 degrees.' };
  const tool = tools?.[0]?.function;
  if (tool) return { toolCalls: [{ name: tool.name, arguments: '{"city":"Paris"}' }] };
  return { content: format || said.includes('as JSON') ? '{"city":"Paris"}' : 'Hello from the provider.' };
}

export async function startProviders(): Promise<Stage> {
  const mock = new LLMock({ port: 0, host: '127.0.0.1' });
  mock.on({ predicate: () => true }, answer);
  await mock.start();
  const business = await startSampleBusinessApi();
  const taps = new Map<string, WireTap>();
  for (const { name } of providers) taps.set(name, await tapWire(name === 'business' ? business.url : mock.url));
  return {
    taps,
    async close() {
      await Promise.all([...taps.values()].map((tap) => tap.close()));
      await Promise.all([mock.stop(), business.stop()]);
    },
  };
}
