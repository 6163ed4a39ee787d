import { VERSION_HEADER } from '../dialects/anthropic/names.ts';
import { anthropic as dialect } from '../dialects/anthropic/provider/dialect.ts';
import type { Traits } from '../dialects/traits.ts';
import type { Provider } from './provider.ts';

/** The API version that is sent where the caller sends none; every model takes it. */
export const anthropicVersion = { [VERSION_HEADER]: '2023-06-01' };

/** Fields of Anthropic's betas and of its own platform, which other vendors refuse. */
export const withoutBetas = [
  'context_management',
  'output_config',
  'mcp_servers',
  'container',
  'inference_geo',
  'speed',
  'diagnostics',
  'service_tier',
];

const traits: Traits = {
  thinkingControl: 'budget',
  thinkingHistory: 'keep',
  systemTurns: 'remind',
  sampling: 'keep',
  prefill: 'keep',
  answerSchema: 'tool',
  toolSearch: 'none',
  drops: withoutBetas,
};

/**
 * Another vendor's endpoint in Anthropic's dialect, made for Claude Code. These endpoints have in common: no betas, no
 * instructions inside the conversation, thinking by budget, and thinking without a signature.
 */
export const claudeCodeEndpoint = (
  fields: Pick<Provider, 'baseUrl' | 'secret' | 'docs'> & { traits?: Traits },
): Provider => ({
  dialect,
  auth: 'x-api-key',
  headers: anthropicVersion,
  ...fields,
  traits: { ...traits, ...fields.traits },
});
