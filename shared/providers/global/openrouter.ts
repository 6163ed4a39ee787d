import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { openaiResponses } from '../../dialects/openai-responses/provider/dialect.ts';
import type { Provider, ProviderEndpoint } from '../provider.ts';

/** OpenRouter's Responses keep nothing, and take no `store` but `false`. Groups of tools are refused for most models. */
const responses: ProviderEndpoint = {
  dialect: openaiResponses,
  baseUrl: 'https://openrouter.ai/api/v1',
  auth: 'bearer',
  secret: 'OPENROUTER_API_KEY',
  traits: { drops: ['store'], openaiForms: 'plain' },
  docs: 'https://openrouter.ai/docs/api/api-reference/responses/create-responses',
};

export const openrouter: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://openrouter.ai/api/v1',
  auth: 'bearer',
  secret: 'OPENROUTER_API_KEY',
  traits: { maxTokensField: 'max_tokens', cacheMarks: 'keep', webSearch: 'tool' },
  endpoints: [responses],
  docs: 'https://openrouter.ai/docs/api-reference/chat-completion',
};
