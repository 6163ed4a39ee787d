import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { problemsOf as problemsOfWhole } from './problems.ts';

const providers = { openai: {}, deepseek: {}, openrouter: {} };
const problemsOf = (definition: object) => problemsOfWhole({ providers, ...definition });

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
        thinker: { targets: 'deepseek/deepseek-chat', vision: ['describer', 'openai/gpt-4o'] },
        describer: ['openai/gpt-4o-mini', 'openrouter/openai/gpt-4o-mini'],
        alias: 'thinker',
        plain: 'deepseek/deepseek-chat',
      },
    });
    const named = (name: string) => describersOf(name)?.map(({ name: own, targets }) => `${own}:${targets.length}`);
    expect(named('thinker')).toEqual(['describer:2', 'openai/gpt-4o:1']);
    expect(named('alias')).toEqual(['describer:2', 'openai/gpt-4o:1']);
    expect(named('an unknown name')).toEqual(['describer:2', 'openai/gpt-4o:1']);
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
      'is the model itself, which does not see',
      { models: { a: { targets: 'deepseek/x', sees: false, vision: 'a' } } },
      /^models\.a\.vision: .*does not see/,
    ],
    [
      'is unknown',
      { models: { a: { targets: 'deepseek/x', sees: false, vision: 'unknown' } } },
      /^models\.a\.vision: 'unknown' is neither/,
    ],
    [
      'has a target that does not see',
      {
        models: {
          e: ['openai/gpt-4o', 'openai/gpt-3.5-turbo'],
          a: { targets: 'deepseek/x', sees: false, vision: 'e' },
        },
      },
      /^models\.a\.vision: .*gpt-3\.5-turbo does not see/,
    ],
  ])('refuses a describer that %s', (_, definition, problem) => {
    expect(problemsOf(definition)).toEqual([expect.stringMatching(problem)]);
  });

  test('may name two models as each other’s describers without going in circles', () => {
    const own = { targets: 'openai/gpt-4o', tools: false };
    const models = { a: { ...own, vision: 'b' }, b: { ...own, vision: 'a' } };
    expect(problemsOf({ models })).toEqual([]);
  });

  test('refuses a model without targets whose name is no full name', () => {
    expect(problemsOf({ models: { short: { sees: false } } })).toHaveLength(1);
  });
});
