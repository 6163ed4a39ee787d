import {
  anthropic,
  dashscopeAnthropic,
  deepseekAnthropic,
  minimaxAnthropic,
  moonshotAnthropic,
  volcengineAnthropic,
  zhipuAnthropic,
} from './anthropic.ts';
import { azure, azureDeployment } from './azure.ts';
import { bedrock, bedrockAnthropic, bedrockMantle, bedrockOpenai } from './bedrock.ts';
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
import { gemini, vertex, vertexGlobal } from './gemini.ts';
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
import { azureResponses, openaiByResponses } from './openai-responses.ts';
import type { Provider } from './provider.ts';

/** Every provider known by name. A configuration may name any of them, or lay its own over `openai-compatible`. */
export const presets = {
  openai,
  'openai-responses': openaiByResponses,
  anthropic,
  openrouter,
  deepseek,
  'deepseek-anthropic': deepseekAnthropic,
  groq,
  mistral,
  together,
  fireworks,
  xai,
  volcengine,
  'volcengine-anthropic': volcengineAnthropic,
  qianfan,
  dashscope,
  'dashscope-anthropic': dashscopeAnthropic,
  hunyuan,
  tokenhub,
  moonshot,
  'moonshot-anthropic': moonshotAnthropic,
  zhipu,
  'zhipu-anthropic': zhipuAnthropic,
  siliconflow,
  minimax,
  'minimax-anthropic': minimaxAnthropic,
  ollama,
  vllm,
  gemini,
  vertex,
  'vertex-global': vertexGlobal,
  'gemini-openai': geminiOpenai,
  azure,
  'azure-deployment': azureDeployment,
  'azure-responses': azureResponses,
  bedrock,
  'bedrock-openai': bedrockOpenai,
  'bedrock-anthropic': bedrockAnthropic,
  'bedrock-mantle': bedrockMantle,
  cohere,
  business,
  'openai-compatible': openaiCompatible,
} as const satisfies Record<string, Provider>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as PresetName[];
