import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import type { Provider } from '../provider.ts';

export const groq: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.groq.com/openai/v1',
  auth: 'bearer',
  secret: 'GROQ_API_KEY',
  traits: { oneChoice: true, drops: ['logprobs', 'top_logprobs', 'logit_bias'], thinkingHistory: 'strip' },
  docs: 'https://console.groq.com/docs/openai',
};
