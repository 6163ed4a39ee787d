import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

export const ollama: Provider = {
  dialect: openaiChat,
  baseUrl: 'http://127.0.0.1:11434/v1',
  auth: 'none',
  traits: olderChat,
  docs: 'https://github.com/ollama/ollama/blob/main/docs/openai.md',
};
