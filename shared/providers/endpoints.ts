import { ANTHROPIC } from '../dialects/anthropic/names.ts';
import { OPENAI_CHAT } from '../dialects/openai-chat/names.ts';
import { OPENAI_RESPONSES } from '../dialects/openai-responses/names.ts';
import { openaiResponses } from '../dialects/openai-responses/provider/dialect.ts';
import { claudeCodeEndpoint } from './claude-code.ts';
import { openaiCompatible } from './openai-compatible.ts';
import type { ProviderEndpoint } from './provider.ts';

/** Dialects in which the configuration may add an endpoint to a provider. */
export const endpointDialects = [OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC] as const;

export type EndpointDialect = (typeof endpointDialects)[number];

const endpoints: Readonly<Record<EndpointDialect, ProviderEndpoint>> = {
  [OPENAI_CHAT]: openaiCompatible,
  // LM Studio and llama.cpp, for two, take no tools but functions.
  [OPENAI_RESPONSES]: { dialect: openaiResponses, auth: 'bearer', traits: { openaiForms: 'plain' } },
  [ANTHROPIC]: claudeCodeEndpoint({}),
};

/** An endpoint in a dialect at an address of which nothing else is known. */
export const anyEndpoint = (dialect: EndpointDialect): ProviderEndpoint => endpoints[dialect];
