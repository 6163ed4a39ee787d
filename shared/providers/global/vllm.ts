import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import type { Provider } from '../provider.ts';

export const vllm: Provider = {
  dialect: openaiChat,
  baseUrl: 'http://127.0.0.1:8000/v1',
  auth: 'none',
  docs: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
};
