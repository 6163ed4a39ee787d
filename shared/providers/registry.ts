import { azure, azureDeployment } from './azure.ts';
import { bedrock, bedrockMantle, bedrockOpenai } from './bedrock.ts';
import { business } from './business.ts';
import {
  dashscope,
  deepseek,
  hunyuan,
  minimax,
  moonshot,
  qianfan,
  siliconflow,
  tokenhub,
  volcengine,
  zhipu,
} from './chinese.ts';
import { cohere } from './cohere.ts';
import {
  fireworks,
  geminiOpenai,
  groq,
  mistral,
  ollama,
  openai,
  openaiCompatible,
  openrouter,
  together,
  vllm,
  xai,
} from './openai-compatible.ts';
import type { Provider } from './provider.ts';

/** Every provider known by name. A configuration may name any of them, or lay its own over `openai-compatible`. */
export const presets = {
  openai,
  openrouter,
  deepseek,
  groq,
  mistral,
  together,
  fireworks,
  xai,
  volcengine,
  qianfan,
  dashscope,
  hunyuan,
  tokenhub,
  moonshot,
  zhipu,
  siliconflow,
  minimax,
  ollama,
  vllm,
  'gemini-openai': geminiOpenai,
  azure,
  'azure-deployment': azureDeployment,
  bedrock,
  'bedrock-openai': bedrockOpenai,
  'bedrock-mantle': bedrockMantle,
  cohere,
  business,
  'openai-compatible': openaiCompatible,
} as const satisfies Record<string, Provider>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as PresetName[];
