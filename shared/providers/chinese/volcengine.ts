import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { claudeCodeEndpoint } from '../claude-code.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

/** Billed by use; the plan for coding is at `https://ark.cn-beijing.volces.com/api/coding/v1`. */
const forClaudeCode = claudeCodeEndpoint({
  baseUrl: 'https://ark.cn-beijing.volces.com/api/compatible/v1',
  secret: 'ARK_API_KEY',
  docs: 'https://www.volcengine.com/docs/82379/2160841',
});

/** Volcengine Ark: the model is a model id or an endpoint id (`ep-…`). */
export const volcengine: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
  auth: 'bearer',
  secret: 'ARK_API_KEY',
  traits: { ...olderChat, thinkingControl: 'thinking', oneChoice: true, drops: ['seed', 'user', 'store'] },
  endpoints: [forClaudeCode],
  docs: 'https://www.volcengine.com/docs/82379/1494384',
};
