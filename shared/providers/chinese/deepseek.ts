import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { claudeCodeEndpoint, withoutBetas } from '../claude-code.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

const forClaudeCode = claudeCodeEndpoint({
  baseUrl: 'https://api.deepseek.com/anthropic/v1',
  secret: 'DEEPSEEK_API_KEY',
  traits: { drops: [...withoutBetas, 'top_k'] },
  docs: 'https://api-docs.deepseek.com/guides/anthropic_api',
});

export const deepseek: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.deepseek.com/v1',
  auth: 'bearer',
  secret: 'DEEPSEEK_API_KEY',
  traits: {
    ...olderChat,
    thinkingControl: 'thinking',
    oneChoice: true,
    drops: ['seed', 'top_k', 'logit_bias', 'user', 'parallel_tool_calls', 'store', 'service_tier'],
  },
  endpoints: [forClaudeCode],
  docs: 'https://api-docs.deepseek.com/api/create-chat-completion',
};
