import { describe, expect, test } from 'vitest';
import { ConfigurationError, loadCatalog } from '../../shared/catalog/load.ts';
import { abilitiesOf } from '../../shared/providers/abilities.ts';

describe('a well-known model', () => {
  test.each([
    'hunyuan-2.0-thinking-20251109',
    'deepseek/deepseek-chat-v3-0324',
    'deepseek.r1-v1:0',
    'openai/gpt-3.5-turbo',
    'gpt-4-0613',
    'gpt-oss-120b',
    'us.meta.llama3-1-70b-instruct-v1:0',
    'llama-3.3-70b-versatile',
    'qwen-max',
    'qwen3-235b-a22b',
    'moonshot-v1-32k',
    'kimi-k2-0905-preview',
    'glm-4.6',
    'amazon.nova-micro-v1:0',
    'command-r-plus',
    'codestral-latest',
  ])('%s does not see', (model) => {
    expect(abilitiesOf(model).sees).toBe(false);
  });

  test.each([
    'gpt-4o',
    'gpt-4-turbo',
    'gpt-4.1-mini',
    'gpt-5',
    'claude-sonnet-4-5',
    'anthropic.claude-3-haiku-20240307-v1:0',
    'gemini-2.5-flash',
    'qwen2.5-vl-72b-instruct',
    'qwen3-vl-plus',
    'qwen3-omni-flash',
    'hunyuan-vision-1.5-instruct',
    'llama-3.2-90b-vision-preview',
    'meta-llama/llama-4-maverick',
    'glm-4.5v',
    'kimi-k2.5',
    'doubao-1-5-vision-pro-32k',
    'unknown-model-1',
  ])('%s sees, or is taken to see', (model) => {
    expect(abilitiesOf(model).sees).toBe(true);
  });

  test('may see and call no tools', () => {
    expect(abilitiesOf('hunyuan-vision-1.5-instruct')).toEqual({ sees: true, tools: false });
    expect(abilitiesOf('gpt-4o')).toEqual({ sees: true, tools: true });
  });
});

const providers = { openai: {}, deepseek: {}, openrouter: {} };
const problemsOf = (definition: object): readonly string[] => {
  try {
    loadCatalog({ providers, ...definition });
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) return thrown.problems;
    throw thrown;
  }
  return [];
};

describe('the configuration', () => {
  test('says over the presets what a model can do, by an alias or by its full name', () => {
    const { resolve } = loadCatalog({
      providers,
      models: {
        'openai/gpt-4o': { sees: false },
        other: { targets: ['openai/gpt-4o', 'deepseek/deepseek-chat'], tools: false },
      },
    });
    expect(resolve('openai/gpt-4o')?.[0]?.abilities).toEqual({ sees: false, tools: true });
    expect(resolve('other')?.map(({ abilities }) => abilities)).toEqual([
      { sees: false, tools: false },
      { sees: false, tools: false },
    ]);
  });

  test('names describers for a model, for the aliases of it, and for all others', () => {
    const { describersOf } = loadCatalog({
      providers,
      defaultModel: 'thinker',
      vision: { describer: 'openai/gpt-4o' },
      models: {
        thinker: { targets: 'deepseek/deepseek-chat', vision: ['eyes', 'openai/gpt-4o'] },
        eyes: ['openai/gpt-4o-mini', 'openrouter/openai/gpt-4o-mini'],
        alias: 'thinker',
        plain: 'deepseek/deepseek-chat',
      },
    });
    const named = (name: string) => describersOf(name)?.map(({ name: own, targets }) => `${own}:${targets.length}`);
    expect(named('thinker')).toEqual(['eyes:2', 'openai/gpt-4o:1']);
    expect(named('alias')).toEqual(['eyes:2', 'openai/gpt-4o:1']);
    expect(named('an unknown name')).toEqual(['eyes:2', 'openai/gpt-4o:1']);
    expect(named('plain')).toEqual(['openai/gpt-4o:1']);
    expect(named('deepseek/deepseek-reasoner')).toEqual(['openai/gpt-4o:1']);
    expect(loadCatalog({ providers }).describersOf('deepseek/deepseek-chat')).toBeUndefined();
  });

  test.each<[string, object, RegExp]>([
    [
      'does not see',
      { vision: { describer: 'deepseek/deepseek-chat' } },
      /^vision\.describer: .*deepseek-chat does not see/,
    ],
    [
      'is the blind model itself',
      { models: { a: { targets: 'deepseek/x', sees: false, vision: 'a' } } },
      /^models\.a\.vision: .*does not see/,
    ],
    [
      'is unknown',
      { models: { a: { targets: 'deepseek/x', vision: 'unknown' } } },
      /^models\.a\.vision: 'unknown' is neither/,
    ],
    [
      'has a blind one among its targets',
      { models: { e: ['openai/gpt-4o', 'openai/gpt-3.5-turbo'], a: { targets: 'deepseek/x', vision: 'e' } } },
      /^models\.a\.vision: .*gpt-3\.5-turbo does not see/,
    ],
  ])('refuses a describer that %s', (_, definition, problem) => {
    expect(problemsOf(definition)).toEqual([expect.stringMatching(problem)]);
  });

  test('may name two models as each other’s describers without going in circles', () => {
    const models = { a: { targets: 'openai/gpt-4o', vision: 'b' }, b: { targets: 'openai/gpt-4o', vision: 'a' } };
    expect(problemsOf({ models })).toEqual([]);
  });

  test('refuses a model without targets whose name is no full name', () => {
    expect(problemsOf({ models: { short: { sees: false } } })).toHaveLength(1);
  });
});
