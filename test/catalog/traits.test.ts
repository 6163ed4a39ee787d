import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { traitsOf } from '../../shared/dialects/traits.ts';
import { presets } from '../../shared/providers/registry.ts';
import { problemsOf as problemsOfWhole } from './problems.ts';

const providers = { openai: {}, anthropic: {}, gemini: {}, cohere: {} };

const problemsOf = (definition: object) => problemsOfWhole({ providers, ...definition });

const dialects = [...new Map(Object.values(presets).map(({ dialect }) => [dialect.name, dialect])).values()];
const namesOf = (dialect: string): string[] => Object.keys(traitsOf(dialect).shape);

describe('the traits of a provider', () => {
  test.each<[string, object, RegExp]>([
    [
      'renames',
      { anthropic: { traits: { renames: { seed: 'x' } } } },
      /^providers\.anthropic\.traits\.renames: has no effect with the dialect anthropic; traits with an effect are .*thinkingControl/,
    ],
    [
      'business',
      { openai: { traits: { business: {} } } },
      /^providers\.openai\.traits\.business: has no effect .*openai-chat/,
    ],
    [
      'schemaLanguage',
      { cohere: { traits: { schemaLanguage: 'openapi' } } },
      /^providers\.cohere\.traits\.schemaLanguage: has no effect/,
    ],
    [
      'thinkingControl of another dialect',
      { gemini: { traits: { thinkingControl: 'adaptive' } } },
      /^providers\.gemini\.traits\.thinkingControl: .*levels/,
    ],
    [
      'an unknown name',
      { openai: { traits: { rename: {} } } },
      /^providers\.openai\.traits\.rename: has no effect .*renames/,
    ],
    [
      'a wrong value inside',
      { openai: { traits: { alternation: 'strict', fillers: { first: ' ' } } } },
      /^providers\.openai\.traits\.fillers\.first: expected a text that is not blank/,
    ],
    [
      'mostMessages without alternation',
      { openai: { traits: { mostMessages: 10 } } },
      /^providers\.openai\.traits\.mostMessages: has no effect without alternation: 'strict'/,
    ],
    [
      'fillers without alternation',
      { openai: { traits: { alternation: 'free', fillers: { first: 'go' } } } },
      /^providers\.openai\.traits\.fillers: has no effect without alternation: 'strict'/,
    ],
    [
      'mostSeed',
      { anthropic: { traits: { mostSeed: 10 } } },
      /^providers\.anthropic\.traits\.mostSeed: has no effect with the dialect anthropic/,
    ],
    ['no object at all', { openai: { traits: 'strict' } }, /^providers\.openai\.traits: expected an object/],
  ])('are refused where they have no effect: %s', (_, own, problem) => {
    expect(problemsOf({ providers: { ...providers, ...own } })).toEqual([expect.stringMatching(problem)]);
  });

  test('are taken where their dialect has them', () => {
    const { providers: read } = loadCatalog({
      providers: { cohere: { traits: { renames: { k: 'top_k' }, thinkingTags: 'written' } } },
    });
    expect(read.get('cohere')?.traits).toEqual({ renames: { k: 'top_k' }, thinkingTags: 'written' });
  });
});

describe('the traits of a model', () => {
  test('must work for one of its targets', () => {
    const models = { both: { targets: ['anthropic/a', 'gemini/b'], traits: { renames: { a: 'b' } } } };
    expect(problemsOf({ models })).toEqual([
      expect.stringMatching(
        /^models\.both\.traits\.renames: has no effect with the dialect anthropic or gemini; traits/,
      ),
    ]);
    const wrong = { targets: ['openai/a', 'gemini/b'], traits: { sampling: 'never' } };
    expect(problemsOf({ models: { wrong } })).toEqual([expect.stringMatching(/^models\.wrong\.traits\.sampling: /)]);
  });

  test('of alternation need a target that is strict about it, by whatever says so', () => {
    const mostMessages = 10;
    const of = (target: string, more: object = {}) => ({
      models: { m: { targets: target, traits: { mostMessages, ...more } } },
    });
    expect(problemsOf(of('openai/gpt-4o'))).toEqual([
      "models.m.traits.mostMessages: has no effect without alternation: 'strict' beside it",
    ]);
    expect(problemsOf(of('openai/gpt-4o', { alternation: 'strict' }))).toEqual([]);
    expect(problemsOf(of('openai/hunyuan-large'))).toEqual([]);
  });

  test('say what a model can do by the model behind it', () => {
    const { resolve } = loadCatalog({
      providers,
      models: { m: { targets: 'openai/mine', traits: { baseModel: 'gpt-3.5-turbo' } } },
    });
    expect(resolve('openai/mine')?.[0]?.abilities.sees).toBe(true);
    expect(resolve('m')?.[0]?.abilities.sees).toBe(false);
  });

  test('and its describers have an effect only where it does not always see', () => {
    const of = (own: object) => ({
      models: { m: { targets: 'openai/gpt-4o', vision: 'gemini/gemini-2.5-pro', ...own } },
    });
    expect(problemsOf(of({}))).toEqual([
      expect.stringMatching(/^models\.m\.vision: has no effect, since the model sees/),
    ]);
    expect(problemsOf(of({ sees: false }))).toEqual([]);
    expect(problemsOf(of({ tools: false }))).toEqual([]);
  });

  test('are laid over the targets whose dialect has them, and over no other', () => {
    const { resolve } = loadCatalog({
      providers,
      models: {
        thinker: {
          targets: ['openai/a', 'anthropic/b', 'gemini/c'],
          traits: { thinkingControl: 'levels', oneChoice: true, stopIncluded: true },
        },
      },
    });
    expect(resolve('thinker')?.map(({ traits }) => traits)).toEqual([
      { drops: ['top_k'], cacheMarks: 'strip', customTools: 'native', oneChoice: true, stopIncluded: true },
      { hostedTools: ['web-search', 'web-fetch', 'code-execution'], stopIncluded: true },
      { thinkingControl: 'levels', stopIncluded: true },
    ]);
  });

  test('that are known by its name reach only targets whose dialect has them', () => {
    const { resolve } = loadCatalog({ providers });
    expect(resolve('openai/hunyuan-large')?.[0]?.traits).toMatchObject({
      alternation: 'strict',
      developerAsSystem: true,
    });
    expect(resolve('anthropic/hunyuan-large')?.[0]?.traits).not.toHaveProperty('developerAsSystem');
  });
});

const dialectsFolder = path.join(import.meta.dirname, '../../shared/dialects');
const textOf = (file: string): string => readFileSync(path.join(dialectsFolder, file), 'utf8');

/** The code of a dialect and of what it imports from the kit, without the traits' own schemas. */
function codeOf(dialect: string): string {
  const own = readdirSync(path.join(dialectsFolder, dialect), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('traits.ts'))
    .map((file) => textOf(path.join(dialect, file)));
  const kit = own.flatMap((text) => [...text.matchAll(/from '[./]+(kit\/[a-z-]+\.ts)'/g)].map(([, file]) => file!));
  return [...own, ...kit.filter((file) => file !== 'kit/traits.ts').map(textOf)].join('\n');
}

describe('each dialect', () => {
  test.each(Object.entries(presets))('takes all the traits of the preset %s', (_, { dialect, ...preset }) => {
    expect(traitsOf(dialect.name).safeParse('traits' in preset ? preset.traits : {}).error).toBeUndefined();
  });

  // Transforms act on mostSeed and toolChoice: trait-effects.test.ts shows it.
  test.each(dialects.map((dialect) => [dialect.name, dialect] as const))(
    '%s reads each trait of its own',
    (name, dialect) => {
      const common = namesOf(name).filter((trait) => dialects.every((other) => namesOf(other.name).includes(trait)));
      const source = codeOf(name);
      const unread = namesOf(name)
        .filter((trait) => !common.includes(trait) && !['mostSeed', 'toolChoice'].includes(trait))
        .filter((trait) =>
          trait === 'embeddingsBatch' ? !dialect.embeddings : !new RegExp(`\\b${trait}\\b`).test(source),
        );
      expect(unread).toEqual([]);
    },
  );
});
