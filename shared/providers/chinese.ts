import { openaiChat } from '../dialects/openai-chat/provider/dialect.ts';
import type { Traits } from '../dialects/traits.ts';
import { hunyuanWays } from './model-traits.ts';
import type { Provider } from './provider.ts';

/** What most of them share: one name for the bound on tokens, and no `developer` role. */
const common: Traits = { maxTokensField: 'max_tokens', developerAsSystem: true };

export const deepseek: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.deepseek.com/v1',
  auth: 'bearer',
  secret: 'DEEPSEEK_API_KEY',
  traits: {
    ...common,
    thinkingField: 'thinking',
    oneChoice: true,
    drops: ['seed', 'top_k', 'logit_bias', 'user', 'parallel_tool_calls', 'store', 'service_tier'],
  },
  docs: 'https://api-docs.deepseek.com/api/create-chat-completion',
};

/** Volcengine Ark: the model is a model id or an endpoint id (`ep-…`). */
export const volcengine: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://ark.cn-beijing.volces.com/api/v3',
  auth: 'bearer',
  secret: 'ARK_API_KEY',
  traits: { ...common, thinkingField: 'thinking', oneChoice: true, drops: ['seed', 'user', 'store'] },
  docs: 'https://www.volcengine.com/docs/82379/1494384',
};

/** Baidu Qianfan V2 (ERNIE and others). */
export const qianfan: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://qianfan.baidubce.com/v2',
  auth: 'bearer',
  secret: 'QIANFAN_API_KEY',
  traits: {
    ...common,
    thinkingField: 'enable_thinking',
    oneChoice: true,
    drops: ['logit_bias', 'logprobs', 'top_logprobs', 'store', 'service_tier'],
  },
  docs: 'https://cloud.baidu.com/doc/qianfan-api/s/3m7of64lb',
};

/** Alibaba DashScope in its OpenAI-compatible mode (Qwen and others). */
export const dashscope: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://dashscope.aliyuncs.com/compatible-mode/v1',
  auth: 'bearer',
  secret: 'DASHSCOPE_API_KEY',
  traits: {
    ...common,
    thinkingField: 'enable_thinking',
    drops: ['frequency_penalty', 'logit_bias', 'user', 'store', 'service_tier'],
  },
  docs: 'https://help.aliyun.com/zh/model-studio/compatibility-of-openai-with-dashscope',
};

/** Tencent Hunyuan's own platform; stopped on 2026-09-30, kept for private deployments that still speak so. */
export const hunyuan: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.hunyuan.cloud.tencent.com/v1',
  auth: 'bearer',
  secret: 'HUNYUAN_API_KEY',
  traits: {
    ...common,
    ...hunyuanWays,
    thinkingField: 'none',
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
  traits: { ...common, thinkingField: 'thinking' },
  docs: 'https://cloud.tencent.com/document/product/1823/132252',
};

export const moonshot: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.moonshot.cn/v1',
  auth: 'bearer',
  secret: 'MOONSHOT_API_KEY',
  traits: {
    maxTokensField: 'max_completion_tokens',
    developerAsSystem: true,
    thinkingField: 'thinking',
    drops: ['logit_bias', 'user', 'store', 'service_tier'],
  },
  docs: 'https://platform.moonshot.cn/docs/api/chat',
};

/** Zhipu, outside China Z.ai at `https://api.z.ai/api/paas/v4`. */
export const zhipu: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
  auth: 'bearer',
  secret: 'ZHIPU_API_KEY',
  traits: {
    ...common,
    thinkingField: 'thinking',
    oneChoice: true,
    drops: ['seed', 'logit_bias', 'frequency_penalty', 'presence_penalty', 'parallel_tool_calls', 'store'],
  },
  docs: 'https://docs.bigmodel.cn/api-reference',
};

export const siliconflow: Provider = {
  dialect: openaiChat,
  baseUrl: 'https://api.siliconflow.cn/v1',
  auth: 'bearer',
  secret: 'SILICONFLOW_API_KEY',
  traits: {
    ...common,
    thinkingField: 'enable_thinking',
    drops: ['logit_bias', 'store', 'service_tier', 'parallel_tool_calls'],
  },
  docs: 'https://docs.siliconflow.cn/cn/api-reference/chat-completions',
};

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
  docs: 'https://www.minimax.io/platform/document',
};
