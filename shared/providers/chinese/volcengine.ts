import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { claudeCodeEndpoint } from '../claude-code.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

/** Volcengine Ark: the model is a model id or an endpoint id (`ep-…`). */
export const volcengine: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
  auth: 'bearer',
  secret: 'ARK_API_KEY',
  traits: { ...olderChat, thinkingControl: 'thinking', oneChoice: true, drops: ['seed', 'user', 'store'] },
  docs: 'https://www.volcengine.com/docs/82379/1494384',
};

/** Volcengine Ark's plan for coding. */
export const volcengineAnthropic = claudeCodeEndpoint({
  baseUrl: 'https://ark.cn-beijing.volces.com/api/coding/v1',
  secret: 'ARK_API_KEY',
  docs: 'https://www.volcengine.com/docs/82379/1928262',
});
