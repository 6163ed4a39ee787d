import type { Traits } from '../dialects/traits.ts';

/** What Hunyuan's models demand of a conversation, at any provider. */
export const hunyuanTraits: Traits = {
  developerAsSystem: true,
  thinkingHistory: 'strip',
  alternation: 'strict',
  mostMessages: 40,
  toolChoice: 'auto',
  mostSeed: 10_000,
};

/**
 * Traits that are known by a model's name, at any provider: they replace those of the preset, and the configuration replaces
 * them. Names of open weights (`tencent/Hunyuan-…`) are left out: their hosts have chat templates of their own.
 */
const modelTraits: readonly (readonly [name: RegExp, traits: Traits])[] = [
  [/^hunyuan-/, hunyuanTraits],
  // Hunyuan's successors take messages in any order, also at the preset `hunyuan`.
  [/^hy3-/, { alternation: 'free', toolChoice: 'any' }],
  // Models that search the web for every answer.
  [/^(?:openai\/)?gpt-.*search-(?:preview|api)/, { webSearch: 'options' }],
];

export const traitsOfModel = (model: string): Traits =>
  Object.assign({}, ...modelTraits.filter(([name]) => name.test(model)).map(([, traits]) => traits));
