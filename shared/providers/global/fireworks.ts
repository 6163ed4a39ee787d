import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { openaiResponses } from '../../dialects/openai-responses/provider/dialect.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider, ProviderEndpoint } from '../provider.ts';

/** Fireworks keeps answers for 30 days; its messages are of `user`, `assistant` or `system`. It runs tools of MCP servers only. */
const responses: ProviderEndpoint = {
  dialect: openaiResponses,
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  auth: 'bearer',
  secret: 'FIREWORKS_API_KEY',
  traits: { keepsResponses: true, developerAsSystem: true, hostedTools: [], openaiForms: 'plain' },
  docs: 'https://docs.fireworks.ai/api-reference/post-responses',
};

export const fireworks: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  auth: 'bearer',
  secret: 'FIREWORKS_API_KEY',
  traits: { ...olderChat, cacheMarks: 'strip' },
  endpoints: [responses],
  docs: 'https://docs.fireworks.ai/api-reference/post-chatcompletions',
};
