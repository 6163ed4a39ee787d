import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import type { Provider } from '../provider.ts';

export const xai: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.x.ai/v1',
  auth: 'bearer',
  secret: 'XAI_API_KEY',
  traits: { drops: ['presence_penalty', 'frequency_penalty', 'stop'], thinkingHistory: 'strip' },
  docs: 'https://docs.x.ai/docs/api-reference',
};
