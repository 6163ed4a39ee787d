import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { claudeCodeEndpoint } from '../claude-code.ts';
import type { Provider } from '../provider.ts';

const forClaudeCode = claudeCodeEndpoint({
  baseUrl: 'https://api.minimax.io/anthropic/v1',
  secret: 'MINIMAX_API_KEY',
  docs: 'https://www.minimax.io/platform/document',
});

export const minimax: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.minimax.io/v1',
  auth: 'bearer',
  secret: 'MINIMAX_API_KEY',
  traits: {
    maxTokensField: 'max_completion_tokens',
    developerAsSystem: true,
    oneChoice: true,
    drops: ['logit_bias', 'store'],
  },
  endpoints: [forClaudeCode],
  docs: 'https://www.minimax.io/platform/document',
};

/** In China at `https://api.minimaxi.com/anthropic/v1`. */
