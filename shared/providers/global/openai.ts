import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { openaiResponses as responses } from '../../dialects/openai-responses/provider/dialect.ts';
import type { Provider } from '../provider.ts';

/** OpenAI's Responses for all callers: some models have no chat completions. */
export const openaiResponses: Provider = {
  dialect: responses,
  baseUrl: 'https://api.openai.com/v1',
  auth: 'bearer',
  secret: 'OPENAI_API_KEY',
  traits: { compacts: true, keepsResponses: true },
  docs: 'https://platform.openai.com/docs/api-reference/responses',
};

export const openai: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.openai.com/v1',
  auth: 'bearer',
  secret: 'OPENAI_API_KEY',
  traits: { drops: ['top_k'], cacheMarks: 'strip', customTools: 'native' },
  endpoints: [openaiResponses],
  docs: 'https://platform.openai.com/docs/api-reference/chat',
};
