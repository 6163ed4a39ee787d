import { describe, expect, test } from 'vitest';
import definition from '../../infra/gateway.config.ts';
import { urlOf } from '../../shared/catalog/catalog.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { problemsOf } from './problems.ts';

const named = (catalog: ReturnType<typeof loadCatalog>, name: string): string[] | undefined =>
  catalog.resolve(name)?.map(({ provider, model }) => `${provider.name}/${model}`);

describe('a name', () => {
  const catalog = loadCatalog({
    providers: { openrouter: {}, deepseek: {}, openai: {} },
    models: {
      deepseek: ['openrouter/deepseek/deepseek-chat-v3-0324', 'deepseek/deepseek-chat'],
      'gpt-3.5-turbo': 'deepseek',
      'openai/gpt-4o': ['openai/gpt-4o', 'openrouter/openai/gpt-4o'],
      thrifty: { targets: 'openai/gpt-4o-mini', traits: { drops: ['seed'] } },
    },
  });

  test('may be an alias, a redirect or a full name with slashes of its own', () => {
    expect(named(catalog, 'deepseek')).toEqual(['openrouter/deepseek/deepseek-chat-v3-0324', 'deepseek/deepseek-chat']);
    expect(named(catalog, 'gpt-3.5-turbo')).toEqual(named(catalog, 'deepseek'));
    expect(named(catalog, 'openrouter/a/b:free')).toEqual(['openrouter/a/b:free']);
    expect(named(catalog, 'openai/gpt-4o')).toEqual(['openai/gpt-4o', 'openrouter/openai/gpt-4o']);
    expect(catalog.resolve('thrifty')?.[0]?.traits.drops).toEqual(['seed']);
  });

  test('in no list is unknown, or stands for the default model where one is set', () => {
    expect(named(catalog, 'gpt-9')).toBeUndefined();
    expect(named(catalog, 'openai/')).toBeUndefined();
    expect(named(catalog, 'constructor')).toBeUndefined();
    const lenient = loadCatalog({ providers: { openai: {} }, defaultModel: 'openai/gpt-4o-mini' });
    expect(named(lenient, 'gpt-9')).toEqual(['openai/gpt-4o-mini']);
    expect(lenient.knows('gpt-9')).toBe(false);
  });

  test('of a closed gateway must be in models', () => {
    const closed = loadCatalog({ providers: { openai: {} }, models: { a: 'openai/x' }, closed: true });
    expect(named(closed, 'a')).toEqual(['openai/x']);
    expect(named(closed, 'openai/x')).toBeUndefined();
  });
});

describe('a configuration with a mistake says where it is', () => {
  test.each<[string, unknown, RegExp]>([
    ['no providers', {}, /^providers: /],
    ['an unknown field', { providers: {}, modles: {} }, /modles/],
    ['a provider without an address', { providers: { mine: { secret: 'A' } } }, /^providers\.mine: .*needs a baseUrl/],
    [
      'a provider without a key',
      { providers: { mine: { baseUrl: 'https://x.example/v1' } } },
      /^providers\.mine\.secret: name the key/,
    ],
    [
      'a key in place of its name',
      { providers: { openai: { secret: 'sk-live-abc' } } },
      /^providers\.openai\.secret: .*not a key/,
    ],
    ['an unknown preset', { providers: { mine: { preset: 'opnai' } } }, /^providers\.mine\.preset: /],
    [
      'an address that is none',
      { providers: { mine: { baseUrl: 'ftp://x', secret: 'A' } } },
      /^providers\.mine\.baseUrl: expected an http/,
    ],
    ['a missing parameter', { providers: { azure: {} } }, /^providers\.azure\.parameters\.resource: needed/],
    [
      'an unknown provider',
      { providers: { openai: {} }, models: { a: 'opnai/gpt' } },
      /^models\.a: 'opnai\/gpt' is neither/,
    ],
    ['a dangling alias', { providers: { openai: {} }, models: { a: 'b' } }, /^models\.a: 'b' is neither/],
    [
      'a circle',
      { providers: { openai: {} }, models: { a: 'b', b: ['c'], c: 'a' } },
      /^models\.a: .*circle: a → b → c → a/,
    ],
    ['a dangling default', { providers: { openai: {} }, defaultModel: 'x' }, /^defaultModel: 'x' is neither/],
    [
      'a length that is none',
      { providers: { openai: {} }, models: { a: { targets: 'openai/x', contextLength: 0 } } },
      /^models\.a\.contextLength: /,
    ],
    [
      'a name to show with a line break',
      { providers: { openai: {} }, models: { a: { targets: 'openai/x', displayName: 'a\nb' } } },
      /^models\.a\.displayName: expected a name of at most 200 signs/,
    ],
    ['no target at all', { providers: { openai: {} }, models: { a: [] } }, /^models\.a: /],
  ])('%s', (_, config, problem) => {
    expect(problemsOf(config)).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
  });

  test('and all of them at once', () => {
    expect(problemsOf({ providers: { a: {}, b: {} }, models: { x: 'y' } }).length).toBe(5);
  });
});

describe('the providers', () => {
  test('azure is called by deployment where the configuration says so', () => {
    const catalog = loadCatalog({
      providers: {
        azure: { parameters: { resource: 'team' } },
        dated: { preset: 'azure-deployment', parameters: { resource: 'team', apiVersion: '2024-06-01' } },
      },
    });
    const url = (name: string) => urlOf(catalog.resolve(name)![0]!, true);
    expect(url('azure/gpt')).toBe('https://team.openai.azure.com/openai/v1/chat/completions');
    expect(url('dated/my gpt')).toBe(
      'https://team.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-06-01',
    );
  });

  test('of the configuration that comes with Sluice are right', () => {
    expect(problemsOf(definition)).toEqual([]);
  });
});
