import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { hunyuanTraits } from '../model-traits.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

/** Tencent Hunyuan's own platform; switched off on 2026-09-30, kept for private deployments of it. */
export const hunyuan: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.hunyuan.cloud.tencent.com/v1',
  auth: 'bearer',
  secret: 'HUNYUAN_API_KEY',
  traits: {
    ...olderChat,
    ...hunyuanTraits,
    thinkingControl: 'none',
    oneChoice: true,
    drops: ['logit_bias', 'parallel_tool_calls', 'user', 'store', 'service_tier'],
    stopIncluded: true,
  },
  docs: 'https://cloud.tencent.com/document/product/1729/111007',
};

/** Tencent TokenHub, the successor of Hunyuan's platform: other keys, other models. */
export const tokenhub: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://tokenhub.tencentmaas.com/v1',
  auth: 'bearer',
  secret: 'TOKENHUB_API_KEY',
  traits: { ...olderChat, thinkingControl: 'thinking' },
  docs: 'https://cloud.tencent.com/document/product/1823/132252',
};
