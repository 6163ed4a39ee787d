import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

export const together: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.together.xyz/v1',
  auth: 'bearer',
  secret: 'TOGETHER_API_KEY',
  traits: olderChat,
  docs: 'https://docs.together.ai/reference/chat-completions-1',
};
