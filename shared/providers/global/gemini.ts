import { gemini as dialect } from '../../dialects/gemini/provider/dialect.ts';
import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import type { Provider } from '../provider.ts';

/** Google's Gemini API. */
export const gemini: Provider = {
  dialect,
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  auth: 'x-goog-api-key',
  secret: 'GEMINI_API_KEY',
  docs: 'https://ai.google.dev/api/generate-content',
};

/** Gemini through Google's OpenAI-shaped endpoint. */
export const geminiOpenai: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
  auth: 'bearer',
  secret: 'GEMINI_API_KEY',
  traits: { drops: ['logit_bias', 'store', 'service_tier'] },
  docs: 'https://ai.google.dev/gemini-api/docs/openai',
};
