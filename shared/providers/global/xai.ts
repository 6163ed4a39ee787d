import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { openaiResponses } from '../../dialects/openai-responses/provider/dialect.ts';
import type { Provider, ProviderEndpoint } from '../provider.ts';

/**
 * xAI keeps answers for 30 days. Groups of tools, tools of free text and their calls, `external_web_access` and a `content` of null in
 * reasoning are 422 and 400 there: Codex sends some of them in every request.
 */
const responses: ProviderEndpoint = {
  dialect: openaiResponses,
  baseUrl: 'https://api.x.ai/v1',
  auth: 'bearer',
  secret: 'XAI_API_KEY',
  traits: {
    keepsResponses: true,
    openaiForms: 'plain',
    renames: { safety_identifier: 'user' },
    drops: ['prompt_cache_retention'],
  },
  docs: 'https://docs.x.ai/developers/rest-api-reference/inference/responses',
};

export const xai: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.x.ai/v1',
  auth: 'bearer',
  secret: 'XAI_API_KEY',
  traits: { drops: ['presence_penalty', 'frequency_penalty', 'stop'], thinkingHistory: 'strip' },
  endpoints: [responses],
  docs: 'https://docs.x.ai/docs/api-reference',
};
