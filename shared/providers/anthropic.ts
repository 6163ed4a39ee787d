import { anthropic as dialect } from '../dialects/anthropic/provider/dialect.ts';
import type { Traits } from '../dialects/traits.ts';
import type { Provider } from './provider.ts';

/** The version that is asked for where the caller names none; every live model answers under it. */
const headers = { 'anthropic-version': '2023-06-01' };

export const anthropic: Provider = {
  dialect,
  baseUrl: 'https://api.anthropic.com/v1',
  auth: 'x-api-key',
  secret: 'ANTHROPIC_API_KEY',
  headers,
  docs: 'https://platform.claude.com/docs/en/api/messages',
};

/**
 * What the vendors have in common who speak Anthropic's dialect for the sake of Claude Code: none of its betas, no instructions
 * amid the conversation, thinking by budget, and thoughts without a seal.
 */
const common: Traits = {
  thinkingStyle: 'budget',
  thinkingInHistory: 'keep',
  systemTurns: 'remind',
  sampling: 'keep',
  prefill: 'keep',
  answerSchema: 'tool',
  drops: [
    'context_management',
    'output_config',
    'mcp_servers',
    'container',
    'inference_geo',
    'speed',
    'diagnostics',
    'service_tier',
  ],
};

const atVendor = (fields: Pick<Provider, 'baseUrl' | 'secret' | 'docs'> & { traits?: Traits }): Provider => ({
  dialect,
  auth: 'x-api-key',
  headers,
  ...fields,
  traits: { ...common, ...fields.traits },
});

export const deepseekAnthropic = atVendor({
  baseUrl: 'https://api.deepseek.com/anthropic/v1',
  secret: 'DEEPSEEK_API_KEY',
  traits: { drops: [...common.drops!, 'top_k'] },
  docs: 'https://api-docs.deepseek.com/guides/anthropic_api',
});

/** Outside China at `https://api.moonshot.ai/anthropic/v1`. */
export const moonshotAnthropic = atVendor({
  baseUrl: 'https://api.moonshot.cn/anthropic/v1',
  secret: 'MOONSHOT_API_KEY',
  docs: 'https://platform.moonshot.cn/docs/guide/agent-support',
});

/** Outside China Z.ai at `https://api.z.ai/api/anthropic/v1`. */
export const zhipuAnthropic = atVendor({
  baseUrl: 'https://open.bigmodel.cn/api/anthropic/v1',
  secret: 'ZHIPU_API_KEY',
  docs: 'https://docs.bigmodel.cn/cn/guide/develop/claude',
});

/** In China at `https://api.minimaxi.com/anthropic/v1`. */
export const minimaxAnthropic = atVendor({
  baseUrl: 'https://api.minimax.io/anthropic/v1',
  secret: 'MINIMAX_API_KEY',
  docs: 'https://www.minimax.io/platform/document',
});

export const dashscopeAnthropic = atVendor({
  baseUrl: 'https://dashscope.aliyuncs.com/api/v2/apps/claude-code-proxy/v1',
  secret: 'DASHSCOPE_API_KEY',
  docs: 'https://help.aliyun.com/zh/model-studio/claude-code',
});

/** Volcengine Ark's plan for coding. */
export const volcengineAnthropic = atVendor({
  baseUrl: 'https://ark.cn-beijing.volces.com/api/coding/v1',
  secret: 'ARK_API_KEY',
  docs: 'https://www.volcengine.com/docs/82379/1928262',
});
