import { openaiChat } from '../dialects/openai-chat/provider/dialect.ts';
import type { Provider } from './provider.ts';

/** Any server that speaks OpenAI chat completions; the configuration brings the base URL. */
export const openaiCompatible: Provider = { dialect: openaiChat, auth: 'bearer' };

export const openai: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.openai.com/v1',
  auth: 'bearer',
  secret: 'OPENAI_API_KEY',
  docs: 'https://platform.openai.com/docs/api-reference/chat',
};

export const openrouter: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://openrouter.ai/api/v1',
  auth: 'bearer',
  secret: 'OPENROUTER_API_KEY',
  traits: { maxTokensField: 'max_tokens' },
  docs: 'https://openrouter.ai/docs/api-reference/chat-completion',
};

export const groq: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.groq.com/openai/v1',
  auth: 'bearer',
  secret: 'GROQ_API_KEY',
  traits: { oneChoice: true, drops: ['logprobs', 'top_logprobs', 'logit_bias'], thinkingInHistory: 'strip' },
  docs: 'https://console.groq.com/docs/openai',
};

export const mistral: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.mistral.ai/v1',
  auth: 'bearer',
  secret: 'MISTRAL_API_KEY',
  traits: {
    renames: { seed: 'random_seed' },
    maxTokensField: 'max_tokens',
    developerAsSystem: true,
    thinkingField: 'none',
    streamUsage: 'unasked',
    thinkingInHistory: 'strip',
    drops: ['logit_bias', 'logprobs', 'top_logprobs', 'user', 'store', 'metadata', 'service_tier'],
  },
  docs: 'https://docs.mistral.ai/api',
};

export const together: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.together.xyz/v1',
  auth: 'bearer',
  secret: 'TOGETHER_API_KEY',
  traits: { maxTokensField: 'max_tokens', developerAsSystem: true },
  docs: 'https://docs.together.ai/reference/chat-completions-1',
};

export const fireworks: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  auth: 'bearer',
  secret: 'FIREWORKS_API_KEY',
  traits: { maxTokensField: 'max_tokens', developerAsSystem: true },
  docs: 'https://docs.fireworks.ai/api-reference/post-chatcompletions',
};

export const xai: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.x.ai/v1',
  auth: 'bearer',
  secret: 'XAI_API_KEY',
  traits: { drops: ['presence_penalty', 'frequency_penalty', 'stop'], thinkingInHistory: 'strip' },
  docs: 'https://docs.x.ai/docs/api-reference',
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

export const ollama: Provider = {
  dialect: openaiChat,
  baseUrl: 'http://127.0.0.1:11434/v1',
  auth: 'none',
  traits: { maxTokensField: 'max_tokens', developerAsSystem: true },
  docs: 'https://github.com/ollama/ollama/blob/main/docs/openai.md',
};

export const vllm: Provider = {
  dialect: openaiChat,
  baseUrl: 'http://127.0.0.1:8000/v1',
  auth: 'none',
  docs: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
};
