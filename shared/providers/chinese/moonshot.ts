import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { claudeCodeEndpoint } from '../claude-code.ts';
import type { Provider } from '../provider.ts';

const forClaudeCode = claudeCodeEndpoint({
  baseUrl: 'https://api.moonshot.cn/anthropic/v1',
  secret: 'MOONSHOT_API_KEY',
  docs: 'https://platform.moonshot.cn/docs/guide/agent-support',
});

export const moonshot: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.moonshot.cn/v1',
  auth: 'bearer',
  secret: 'MOONSHOT_API_KEY',
  traits: {
    maxTokensField: 'max_completion_tokens',
    developerAsSystem: true,
    thinkingControl: 'thinking',
    drops: ['logit_bias', 'user', 'store', 'service_tier'],
  },
  endpoints: [forClaudeCode],
  docs: 'https://platform.moonshot.cn/docs/api/chat',
};

/** Outside China at `https://api.moonshot.ai/anthropic/v1`. */
