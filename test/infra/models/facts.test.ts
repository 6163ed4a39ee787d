import { describe, expect, test } from 'vitest';
import definition from '../../../infra/gateway.config.ts';
import { factsOf, keptRows } from '../../../infra/models/facts.ts';
import { readRows } from '../../../infra/models/rows.ts';
import { sellerOf } from '../../../infra/models/sellers.ts';
import { loadCatalog } from '../../../shared/catalog/load.ts';
import { readFacts } from '../../../shared/catalog/model-facts.ts';
import { abilitiesOf } from '../../../shared/providers/abilities.ts';
import { presetNames } from '../../../shared/providers/registry.ts';

const factsFor = (targets: string[], providers: object, rows?: string) =>
  factsOf(loadCatalog({ providers, models: { a: targets } }), rows === undefined ? undefined : readRows(rows));

test('every model of the default configuration has a name and its lengths', () => {
  const catalog = loadCatalog(definition);
  const facts = factsOf(catalog);
  expect(facts).toMatchObject({
    'openai/gpt-4o': {
      displayName: 'GPT-4o',
      contextLength: 128_000,
      maxOutputTokens: 16_384,
      sees: true,
      thinks: false,
    },
    'gemini/gemini-2.5-pro': { contextLength: 1_048_576, thinks: true },
    'openrouter/deepseek/deepseek-chat-v3-0324': { sees: false },
    'deepseek/deepseek-chat': { tools: true },
  });
  const targets = catalog.models.flatMap(({ id }) => catalog.resolve(id)!);
  const unknown = targets.filter(({ provider, model }) => !facts[`${provider.name}/${model}`]?.contextLength);
  expect(unknown.map(({ model }) => model)).toEqual([]);
});

test('only what the configuration names is in its table, and the function reads it as it is', () => {
  const facts = factsFor(['openai/gpt-4o', 'openai/unheard-of'], { openai: {} });
  expect(Object.keys(facts)).toEqual(['openai/gpt-4o']);
  expect(
    readFacts(
      () => JSON.parse(JSON.stringify(facts)),
      () => expect.unreachable(),
    )(),
  ).toEqual(JSON.parse(JSON.stringify(facts)));
});

test('own rows are laid over those of the catalogue, column by column', () => {
  // The vendor says 200K; models.dev has the window of a beta that is over.
  expect(keptRows().get('anthropic/claude-sonnet-4-5')).toMatchObject({
    displayName: 'Claude Sonnet 4.5',
    contextLength: 200_000,
    maxOutputTokens: 64_000,
    sees: true,
  });
});

describe('a model is found', () => {
  const rows =
    'openai\tgpt-x\tX\t1\t-\t-\t-\namazon-bedrock\tacme.m-v1:0\tM\t2\t-\t-\t-\nvolcengine\tdoubao-seed-1-6\tD\t3\t-\t-\t-';
  const lengthOf = (target: string, providers: object) =>
    Object.values(factsFor([target], providers, rows)).map(({ contextLength }) => contextLength);

  test.each([
    ['gpt-x', [1]],
    ['gpt-x-2026-01-31', [1]],
    ['gpt-x-20260131', [1]],
    ['gpt-x:free', [1]],
    ['gpt-x-mini', []],
    ['gpt-x-4000', []],
  ])('at its seller, also with a date or a variant behind it: %s', (model, length) => {
    expect(lengthOf(`openai/${model}`, { openai: {} })).toEqual(length);
  });

  test('behind a region and with a short date', () => {
    expect(lengthOf('bedrock/eu.acme.m-v1:0', { bedrock: { parameters: { region: 'eu-west-1' } } })).toEqual([2]);
    expect(lengthOf('volcengine/doubao-seed-1-6-250615', { volcengine: {} })).toEqual([3]);
  });

  test('by the preset of its provider, whatever the provider is called', () => {
    expect(lengthOf('mine/gpt-x', { mine: { preset: 'openai' } })).toEqual([1]);
    expect(lengthOf('mine/gpt-x', { mine: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } })).toEqual([]);
  });

  test('by the model that a deployment or a profile stands for, where the traits say it', () => {
    const mine = { preset: 'openai', traits: { baseModel: 'gpt-x' } };
    expect(lengthOf('mine/our-deployment', { mine })).toEqual([1]);
  });
});

test('every preset has a seller but those that serve whatever their owner loads into them', () => {
  expect(presetNames.filter((name) => sellerOf(name) === undefined)).toEqual([
    'ollama',
    'vllm',
    'business',
    'openai-compatible',
  ]);
});

test('every seller has rows', () => {
  const sellers = new Set([...keptRows().keys()].map((key) => key.split('/')[0]));
  expect(presetNames.map(sellerOf).filter((seller) => seller !== undefined && !sellers.has(seller))).toEqual([]);
});

// What plans go by counts before the table: where both speak of a model, they must not contradict each other unnoticed.
test('what is known by name of models that do not see agrees with the table', () => {
  const differing = [...keptRows()]
    .filter(([key, { sees }]) => sees && !abilitiesOf(key.slice(key.indexOf('/') + 1)).sees)
    .map(([key]) => key);
  expect(differing).toEqual([]);
});
