import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { openaiResponses as responses } from '../../dialects/openai-responses/provider/dialect.ts';
import type { Provider } from '../provider.ts';

export const openai: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.openai.com/v1',
  auth: 'bearer',
  secret: 'OPENAI_API_KEY',
  traits: { drops: ['top_k'] },
  docs: 'https://platform.openai.com/docs/api-reference/chat',
};

/** OpenAI's Responses: for models that have no chat completions, and for callers of the same dialect. */
export const openaiResponses: Provider = {
  dialect: responses,
  baseUrl: 'https://api.openai.com/v1',
  auth: 'bearer',
  secret: 'OPENAI_API_KEY',
  docs: 'https://platform.openai.com/docs/api-reference/responses',
};
