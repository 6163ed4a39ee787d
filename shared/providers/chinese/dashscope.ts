import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { claudeCodeEndpoint } from '../claude-code.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

const forClaudeCode = claudeCodeEndpoint({
  baseUrl: 'https://dashscope.aliyuncs.com/api/v2/apps/claude-code-proxy/v1',
  secret: 'DASHSCOPE_API_KEY',
  docs: 'https://help.aliyun.com/zh/model-studio/claude-code',
});

/** Alibaba DashScope in its OpenAI-compatible mode (Qwen and others). */
export const dashscope: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
  auth: 'bearer',
  secret: 'DASHSCOPE_API_KEY',
  traits: {
    ...olderChat,
    thinkingControl: 'enable_thinking',
    cacheMarks: 'keep',
    drops: ['frequency_penalty', 'logit_bias', 'user', 'store', 'service_tier'],
  },
  endpoints: [forClaudeCode],
  docs: 'https://help.aliyun.com/zh/model-studio/compatibility-of-openai-with-dashscope',
};
