import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';
import { holdsCodexForms, refusal as refusedForms } from '../dialects/openai-responses/codex-forms.ts';
import { type Asked, type StandIn, tapWire, type WireTap } from '../matrix/wire-tap.ts';

/** A provider of each format that agents are tried over: how it is configured, and the model of it that is asked. */
export const dialects = {
  // Asked in its caller's format where it has it: Codex by Responses, opencode by chat.
  openai: { target: 'openai/gpt-5.1', config: (url: string) => ({ baseUrl: `${url}/v1` }) },
  chat: {
    target: 'chat/gpt-4o',
    config: (url: string) => ({ baseUrl: `${url}/v1`, secret: 'CHAT_API_KEY' }),
  },
  responses: { target: 'openai-responses/gpt-5', config: (url: string) => ({ baseUrl: `${url}/v1` }) },
  // Refuses what Codex adds to Responses.
  xai: { target: 'xai/grok-4.5', config: (url: string) => ({ baseUrl: `${url}/v1` }) },
  anthropic: { target: 'anthropic/claude-sonnet-4-5', config: (url: string) => ({ baseUrl: `${url}/v1` }) },
  gemini: { target: 'gemini/gemini-2.5-pro', config: (url: string) => ({ baseUrl: `${url}/v1beta` }) },
  bedrock: {
    target: 'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0',
    config: (url: string) => ({ baseUrl: url, auth: 'bearer' }),
  },
  cohere: { target: 'cohere/command-a-03-2025', config: (url: string) => ({ baseUrl: `${url}/v2` }) },
} as const;

export type DialectName = keyof typeof dialects;
export const dialectNames = Object.keys(dialects) as DialectName[];

/** A tool that the model calls, one after the other: each when all before it have their results. */
export interface Step {
  tool: string;
  input: object;
}

export const LAST_WORDS = 'The note is written.';

/** A model that follows a fixed list of tool calls, behind a provider of each format. */
export interface ScriptedModel {
  taps: ReadonlyMap<DialectName, WireTap>;
  follow(steps: readonly Step[]): void;
  /** Every request is refused with this, in place of an answer; `undefined` ends it. */
  refuse(refusal: StandIn | undefined): void;
  close(): Promise<void>;
}

export async function startModel(): Promise<ScriptedModel> {
  let steps: readonly Step[] = [];
  let refusal: StandIn | undefined;
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 10 });
  mock.on({ predicate: () => true }, (request) => answer(request, steps));
  await mock.start();
  const taps = new Map<DialectName, WireTap>();
  for (const name of dialectNames) {
    const own = name === 'xai' ? refuseForms : undefined;
    taps.set(name, await tapWire(mock.url, (asked) => refusal ?? own?.(asked)));
  }
  return {
    taps,
    follow: (next) => {
      steps = next;
    },
    refuse: (next) => {
      refusal = next;
    },
    async close() {
      await Promise.all([...taps.values()].map((tap) => tap.close()));
      await mock.stop();
    },
  };
}

const refuseForms = ({ body }: Asked): StandIn | undefined => (holdsCodexForms(body) ? refusedForms : undefined);

/** Requests beside the task (a title, a summary) are offered no tools, or not this one: they get some words. */
function answer({ model, messages, tools }: ChatCompletionRequest, steps: readonly Step[]): FixtureResponse {
  const next = steps[messages.filter(({ role }) => role === 'tool').length];
  if (!next) return { content: LAST_WORDS };
  if (!tools?.some((tool) => tool.function.name === next.tool)) return { content: 'A title' };
  const toolCalls = [{ name: next.tool, arguments: JSON.stringify(next.input) }];
  // Thinking that its caller sends back with the history.
  return model.startsWith('grok') ? { toolCalls, reasoning: 'A step further.' } : { toolCalls };
}

/** How many results of tools stand in a request, in whichever format. */
export function toolResultsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const within = Object.values(value).reduce((sum: number, child) => sum + toolResultsIn(child), 0);
  const { role, type, functionResponse, toolResult } = value as Record<string, unknown>;
  const isResult =
    role === 'tool' ||
    type === 'tool_result' ||
    (typeof type === 'string' && type.endsWith('_call_output')) ||
    functionResponse !== undefined ||
    toolResult !== undefined;
  return within + Number(isResult);
}
