import { expect, test } from 'vitest';
import { otherModels } from '../../shared/dialects/named-models.ts';

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
  ['a field of its own', { advisor: { model: 'a' }, fallbackModel: 'b' }, ['advisor: a', 'fallbackModel: b']],
])('finds the models of %s', (_, body, expected) => expect(named(body)).toEqual(expected));

test.each<[string, object]>([
  ['a conversation', { messages: [{ role: 'user', content: [{ model: 'a' }] }], input: [{ model: 'a' }], system: 'b' }],
  ["a caller's own tool", { tools: [{ type: 'function', function: { parameters: { model: 'a' } } }] }],
  ['a tool with a schema', { tools: [{ name: 't', input_schema: { examples: [{ model: 'a' }] } }] }],
  ['the form of an answer', { response_format: { json_schema: { schema: { default: { model: 'a' } } } } }],
  ['a schema elsewhere', { guided_json: { properties: { model: { type: 'string' } }, required: ['model'] } }],
  ['notes of the caller', { metadata: { model: 'a' } }],
  ['a token', { fallback_credit_token: 't', provider: { allow_fallbacks: true, order: ['p'] } }],
])('finds no model in %s', (_, body) => expect(named(body)).toEqual([]));

test('says which fields choose a model without naming it', () => {
  expect(otherModels({ model: 'm', preset: 'mine', route: 'fallback' }).unnamed).toEqual(['preset', 'route']);
  expect(otherModels({ model: 'm', models: ['a'], route: 'fallback' }).unnamed).toEqual([]);
  expect(otherModels({ model: 'm', models: [], route: 'fallback' }).unnamed).toEqual(['route']);
  expect(otherModels({ model: 'm', preset: null, route: null }).unnamed).toEqual([]);
});

test('reads a body that is nested deeply', () => {
  let deep: object = { model: 'a' };
  for (let level = 0; level < 20_000; level += 1) deep = { deep };
  expect(named(deep)).toEqual(['deep: a']);
});
