import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

export const siliconflow: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.siliconflow.cn/v1',
  auth: 'bearer',
  secret: 'SILICONFLOW_API_KEY',
  traits: {
    ...olderChat,
    thinkingControl: 'enable_thinking',
    drops: ['logit_bias', 'store', 'service_tier', 'parallel_tool_calls'],
  },
  docs: 'https://docs.siliconflow.cn/cn/api-reference/chat-completions',
};
