import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import type { Provider } from '../provider.ts';

export const openrouter: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://openrouter.ai/api/v1',
  auth: 'bearer',
  secret: 'OPENROUTER_API_KEY',
  traits: { maxTokensField: 'max_tokens' },
  docs: 'https://openrouter.ai/docs/api-reference/chat-completion',
};
