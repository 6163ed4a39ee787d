import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

export const fireworks: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  auth: 'bearer',
  secret: 'FIREWORKS_API_KEY',
  traits: olderChat,
  docs: 'https://docs.fireworks.ai/api-reference/post-chatcompletions',
};
