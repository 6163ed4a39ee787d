import type { Traits } from '../dialects/traits.ts';

/** What Hunyuan's models demand of a conversation, wherever they stand. */
export const hunyuanTraits: Traits = {
  developerAsSystem: true,
  thinkingHistory: 'strip',
  alternation: 'strict',
  mostMessages: 40,
  toolChoice: 'auto',
  mostSeed: 10_000,
};

/**
 * Ways that go with a model's own name, at any provider: laid over the provider's preset, under what the configuration says.
 * Names of open weights (`tencent/Hunyuan-…`) are not meant: their hosts have templates of their own.
 */
const modelTraits: readonly (readonly [name: RegExp, traits: Traits])[] = [
  [/^hunyuan-/, hunyuanTraits],
  // The successors take any order, even where an older preset says otherwise.
  [/^hy3-/, { alternation: 'free', toolChoice: 'any' }],
];

export const traitsOfModel = (model: string): Traits =>
  Object.assign({}, ...modelTraits.filter(([name]) => name.test(model)).map(([, traits]) => traits));
