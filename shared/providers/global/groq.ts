import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { openaiResponses } from '../../dialects/openai-responses/provider/dialect.ts';
import type { Provider, ProviderEndpoint } from '../provider.ts';

/** Groq's Responses keep nothing, and Groq refuses fields that it does not know. Its search is a tool of its own. */
const responses: ProviderEndpoint = {
  dialect: openaiResponses,
  baseUrl: 'https://api.groq.com/openai/v1',
  auth: 'bearer',
  secret: 'GROQ_API_KEY',
  traits: {
    openaiForms: 'plain',
    hostedTools: ['code-execution'],
    drops: ['store', 'include', 'safety_identifier', 'prompt_cache_key', 'top_logprobs'],
  },
  docs: 'https://console.groq.com/docs/responses-api',
};

export const groq: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.groq.com/openai/v1',
  auth: 'bearer',
  secret: 'GROQ_API_KEY',
  traits: {
    oneChoice: true,
    drops: ['logprobs', 'top_logprobs', 'logit_bias'],
    thinkingHistory: 'strip',
    cacheMarks: 'strip',
  },
  endpoints: [responses],
  docs: 'https://console.groq.com/docs/openai',
};
