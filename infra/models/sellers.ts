/**
 * Under which of models.dev's sellers the models of a preset stand. A preset that is not named here has its first word's
 * (`azure-deployment` is `azure`); one that serves whatever its owner loads into it has none.
 */
const sellers: Readonly<Record<string, string | undefined>> = {
  openai: 'openai',
  'openai-compatible': undefined,
  anthropic: 'anthropic',
  openrouter: 'openrouter',
  deepseek: 'deepseek',
  groq: 'groq',
  mistral: 'mistral',
  together: 'togetherai',
  fireworks: 'fireworks-ai',
  xai: 'xai',
  // Not at models.dev: own-rows.tsv has them.
  volcengine: 'volcengine',
  qianfan: 'qianfan',
  hunyuan: 'hunyuan',
  tokenhub: 'tencent-tokenhub',
  dashscope: 'alibaba-cn',
  moonshot: 'moonshotai-cn',
  zhipu: 'zhipuai',
  siliconflow: 'siliconflow-cn',
  minimax: 'minimax',
  gemini: 'google',
  vertex: 'google-vertex',
  azure: 'azure',
  bedrock: 'amazon-bedrock',
  cohere: 'cohere',
};

export const sellerNames: ReadonlySet<string> = new Set(Object.values(sellers).filter((name) => name !== undefined));

/** The seller of a preset's models; undefined where nothing is known of what it serves. */
export const sellerOf = (preset: string): string | undefined =>
  Object.hasOwn(sellers, preset) ? sellers[preset] : sellers[preset.split('-')[0]!];
