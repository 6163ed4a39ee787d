import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

export const mistral: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.mistral.ai/v1',
  auth: 'bearer',
  secret: 'MISTRAL_API_KEY',
  traits: {
    renames: { seed: 'random_seed' },
    ...olderChat,
    thinkingControl: 'none',
    streamUsage: 'unasked',
    cacheMarks: 'strip',
    thinkingHistory: 'strip',
    drops: ['logit_bias', 'logprobs', 'top_logprobs', 'top_k', 'user', 'store', 'metadata', 'service_tier'],
  },
  docs: 'https://docs.mistral.ai/api',
};
