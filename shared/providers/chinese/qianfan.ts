import { openaiChat } from '../../dialects/openai-chat/provider/dialect.ts';
import { olderChat } from '../older-chat.ts';
import type { Provider } from '../provider.ts';

/** Baidu Qianfan V2 (ERNIE and others). */
export const qianfan: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://qianfan.baidubce.com/v2',
  auth: 'bearer',
  secret: 'QIANFAN_API_KEY',
  traits: {
    ...olderChat,
    thinkingControl: 'enable_thinking',
    oneChoice: true,
    drops: ['logit_bias', 'logprobs', 'top_logprobs', 'store', 'service_tier'],
  },
  docs: 'https://cloud.baidu.com/doc/qianfan-api/s/3m7of64lb',
};
