import { business } from './business.ts';
import { dashscope } from './chinese/dashscope.ts';
import { deepseek } from './chinese/deepseek.ts';
import { minimax } from './chinese/minimax.ts';
import { moonshot } from './chinese/moonshot.ts';
import { qianfan } from './chinese/qianfan.ts';
import { siliconflow } from './chinese/siliconflow.ts';
import { hunyuan, tokenhub } from './chinese/tencent.ts';
import { volcengine } from './chinese/volcengine.ts';
import { zhipu } from './chinese/zhipu.ts';
import { azure, azureDeployment } from './clouds/azure.ts';
import { bedrock, bedrockMantle, bedrockOpenai } from './clouds/bedrock.ts';
import { vertex, vertexGlobal } from './clouds/vertex.ts';
import { anthropic } from './global/anthropic.ts';
import { cohere } from './global/cohere.ts';
import { fireworks } from './global/fireworks.ts';
import { gemini, geminiOpenai } from './global/gemini.ts';
import { groq } from './global/groq.ts';
import { mistral } from './global/mistral.ts';
import { ollama } from './global/ollama.ts';
import { openai, openaiResponses } from './global/openai.ts';
import { openrouter } from './global/openrouter.ts';
import { together } from './global/together.ts';
import { vllm } from './global/vllm.ts';
import { xai } from './global/xai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import type { Provider } from './provider.ts';

/** Every provider known by name. A configuration may name any of them, or lay its own over `openai-compatible`. */
export const presets = {
  openai,
  'openai-responses': openaiResponses,
  anthropic,
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
  gemini,
  vertex,
  'vertex-global': vertexGlobal,
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

/** The preset of a name; a name that is none has only its own configuration, over the dialect that most servers speak. */
export const presetOf = (name: string): Provider =>
  Object.hasOwn(presets, name) ? presets[name as PresetName] : presets['openai-compatible'];
