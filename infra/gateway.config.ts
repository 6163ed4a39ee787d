import { defineGateway } from '../shared/catalog/schema.ts';

/**
 * What this gateway serves: the one file to edit. Keys are never written here: each one is stored under its name in the
 * provider keys' secret (on this machine: in the environment or in `.env`).
 */
export default defineGateway({
  providers: {
    openai: {},
    anthropic: {},
    gemini: {},
    openrouter: {},
    deepseek: {},
    groq: {},
    mistral: {},
    xai: {},
    volcengine: {},
    qianfan: {},
    dashscope: {},
    tokenhub: {},
    moonshot: {},
    zhipu: {},
    // Without a key; the function gets the right to use Bedrock's models: bedrock: {},
  },
  models: {
    'gpt-4o': 'openai/gpt-4o',
    'gpt-4o-mini': 'openai/gpt-4o-mini',
    'claude-sonnet-4-5': 'anthropic/claude-sonnet-4-5',
    'gemini-2.5-pro': 'gemini/gemini-2.5-pro',
    // A short name for a long one, with another provider when the first one fails.
    deepseek: ['openrouter/deepseek/deepseek-chat-v3-0324', 'deepseek/deepseek-chat'],
    // A well-known name, answered by another provider's model.
    'gpt-3.5-turbo': 'deepseek',
  },
});
