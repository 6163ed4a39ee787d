import { expect, test } from 'vitest';
import { choosesPreset, otherModels } from '../../shared/dialects/named-models.ts';

const named = (body: object): string[] =>
  otherModels({ model: 'own', ...body })
    .named.map(({ field, model }) => `${field}: ${model}`)
    .sort();

test.each<[string, object, string[]]>([
  ['a list of fallbacks', { models: ['a/b', 'c'], route: 'fallback' }, ['models: a/b', 'models: c']],
  ['fallbacks with settings', { fallbacks: [{ model: 'a', speed: 'fast', max_tokens: 5 }] }, ['fallbacks: a']],
  ['fallbacks by a word', { fallbacks: 'default' }, ['fallbacks: default']],
  ['fallbacks for a model', { context_window_fallbacks: [{ a: ['b'] }] }, ['context_window_fallbacks: b']],
  ['a hosted tool', { tools: [{ type: 'advisor_20260301', name: 'advisor', model: 'a' }] }, ['tools: a']],
  ['parameters of a hosted tool', { tools: [{ type: 'x:advisor', parameters: { model: 'a' } }] }, ['tools: a']],
  [
    'a hosted tool in a hosted tool',
    { tools: [{ type: 'x:advisor', parameters: { tools: [{ type: 'x:advisor', parameters: { model: 'a' } }] } }] },
    ['tools: a'],
  ],
  [
    'plugins',
    {
      plugins: [
        { id: 'fusion', analysis_models: ['a'], model: 'b' },
        { id: 'auto', allowed_models: ['c/*'] },
      ],
    },
    ['plugins: a', 'plugins: b', 'plugins: c/*'],
  ],
  ['fallbacks as a map', { fallbacks: { a: 'b', c: ['d'] } }, ['fallbacks: b', 'fallbacks: d']],
  ['a map behind an entry', { fallbacks: { model: 'a', b: ['c'] } }, ['fallbacks: a', 'fallbacks: c']],
  ['a map of maps', { fallbacks: { a: { to: 'b' } } }, ['fallbacks: b']],
  ['fallbacks as one entry', { fallbacks: { model: 'a', speed: 'fast' } }, ['fallbacks: a']],
  ['models as a map', { models: { 0: 'a' } }, ['models: a']],
  [
    'models by their names',
    { models: { a: { weight: 1 }, b: true, c: ['d'] } },
    ['models: a', 'models: b', 'models: c', 'models: d'],
  ],
  ['a model as an object', { fallback_model: { provider: 'p', id: 'a' } }, ['fallback_model: a', 'fallback_model: p']],
  [
    'a deployment for the vectors of a data source',
    {
      data_sources: [
        {
          type: 'azure_search',
          parameters: { index_name: 'i', embedding_dependency: { type: 'deployment_name', deployment_name: 'ada' } },
        },
      ],
    },
    ['data_sources: ada'],
  ],
  ['a model by its id', { embedding_dependency: { type: 'model_id', model_id: 'e5' } }, ['embedding_dependency: e5']],
  [
    'a list of a form',
    { 'models[]': 'a', 'models[0]': 'b', ' models [] ': ['c'] },
    [' models [] : c', 'models[0]: b', 'models[]: a'],
  ],
  [
    'a path of a form',
    {
      'model.x': 'a',
      'extra[model]': 'b',
      'x.fallback_model': 'c',
      'plugins[0].model_id': 'd',
      'models[a][weight]': '1',
    },
    [
      'extra[model]: b',
      'model.x: a',
      'models[a][weight]: 1',
      'models[a][weight]: a',
      'plugins[0].model_id: d',
      'x.fallback_model: c',
    ],
  ],
  ['a name with spaces', { ' models ': 'a', 'models ': ['b'] }, [' models : a', 'models : b']],
  ['a field of its own', { advisor: { model: 'a' }, fallbackModel: 'b' }, ['advisor: a', 'fallbackModel: b']],
])('finds the models of %s', (_, body, expected) => expect(named(body)).toEqual(expected));

test.each<[string, object]>([
  ['a conversation', { messages: [{ role: 'user', content: [{ model: 'a' }] }], input: [{ model: 'a' }], system: 'b' }],
  ["a caller's own tool", { tools: [{ type: 'function', function: { parameters: { model: 'a' } } }] }],
  ['a tool with a schema', { tools: [{ name: 't', input_schema: { examples: [{ model: 'a' }] } }] }],
  ['the form of an answer', { response_format: { json_schema: { schema: { default: { model: 'a' } } } } }],
  ['a schema elsewhere', { guided_json: { properties: { model: { type: 'string' } }, required: ['model'] } }],
  [
    'a schema with such a property',
    { guided_json: { properties: { models: { enum: ['a'] }, model: { type: 'string', const: 'b' } } } },
  ],
  ['headers for a server of tools', { tools: [{ type: 'mcp', server_url: 'u', headers: { 'X-Model': 'a' } }] }],
  [
    'a search for tools that the caller runs',
    {
      tools: [
        {
          type: 'tool_search',
          execution: 'client',
          parameters: { properties: { models: { type: 'array', enum: ['a'] } }, examples: [{ model: 'b' }] },
        },
      ],
    },
  ],
  ['notes of the caller in a form', { 'metadata[model]': 'a', 'metadata.model': 'b', 'x.y': 'c', '[]': 'd' }],
  ['notes of the caller', { metadata: { model: 'a' } }],
  [
    'a token',
    {
      fallback_credit_token: 't',
      fallback_policy: { retries: 3, enabled: true },
      provider: { allow_fallbacks: true, order: ['p'] },
    },
  ],
])('finds no model in %s', (_, body) => expect(named(body)).toEqual([]));

test('says which fields choose a model without naming it', () => {
  expect(otherModels({ model: 'm', preset: 'mine', route: 'fallback' }).unnamed).toEqual(['preset', 'route']);
  expect(otherModels({ model: 'm', models: ['a'], route: 'fallback' }).unnamed).toEqual([]);
  expect(otherModels({ model: 'm', models: [], route: 'fallback' }).unnamed).toEqual(['route']);
  expect(otherModels({ model: 'm', 'preset[]': 'mine', 'route.x': 'a' }).unnamed).toEqual(['preset', 'route']);
  expect(otherModels({ model: 'm', 'models[]': 'a', route: 'fallback' }).unnamed).toEqual([]);
  expect(otherModels({ model: 'm', preset: null, route: null }).unnamed).toEqual([]);
});

test('knows a model name that has its provider apply what is stored there', () => {
  expect(['a/b', 'a/b:free', 'a@2026-01-01', 'preset/a'].filter(choosesPreset)).toEqual([]);
  expect(['@preset/mine', 'a/b@preset/mine'].map(choosesPreset)).toEqual([true, true]);
});

test('reads a body that is nested deeply', () => {
  let deep: object = { model: 'a' };
  for (let level = 0; level < 20_000; level += 1) deep = { deep };
  expect(named(deep)).toEqual(['deep: a']);
});
