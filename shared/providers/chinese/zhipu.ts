import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { claudeCodeEndpoint } from '../claude-code.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

/** Zhipu, outside China Z.ai at `https://api.z.ai/api/paas/v4`. */
const forClaudeCode = claudeCodeEndpoint({
  baseUrl: 'https://open.bigmodel.cn/api/anthropic/v1',
  secret: 'ZHIPU_API_KEY',
  docs: 'https://docs.bigmodel.cn/cn/guide/develop/claude',
});

export const zhipu: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
  auth: 'bearer',
  secret: 'ZHIPU_API_KEY',
  traits: {
    ...olderChat,
    thinkingControl: 'thinking',
    oneChoice: true,
    drops: ['seed', 'logit_bias', 'frequency_penalty', 'presence_penalty', 'parallel_tool_calls', 'store'],
  },
  endpoints: [forClaudeCode],
  docs: 'https://docs.bigmodel.cn/api-reference',
};

/** Outside China Z.ai at `https://api.z.ai/api/anthropic/v1`. */
