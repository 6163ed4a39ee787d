import { describe, expect, test } from 'vitest';
import { openDirect } from '../../support/direct.ts';
import { headers as annsHeaders, open } from '../key-stage.ts';

const { call, asked } = openDirect({
  definition: {
    providers: { p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } },
    models: { alias: 'p/one', other: { targets: ['p/two', 'p/one'], contextLength: 50, displayName: 'The other' } },
  },
  ports: () => ({ facts: () => ({ 'p/one': { contextLength: 400, sees: true } }) }),
});
const get = async (path: string, headers: Record<string, string> = {}, query = '') => {
  const { status, headers: answered, text } = await call(path, { method: 'GET', headers, query });
  return { status, headers: answered, json: text && JSON.parse(text) };
};
const version = { 'anthropic-version': '2023-06-01' };

test.each(['/v1/models', '/models'])(
  "GET %s lists the names of the configuration as OpenAI's clients read them, with what is known beside",
  async (path) => {
    const { json } = await get(path);
    expect(json).toMatchObject({
      object: 'list',
      data: [
        { id: 'alias', owned_by: 'p', context_length: 400, capabilities: { vision: true } },
        { id: 'other', owned_by: 'p', context_length: 50, display_name: 'The other' },
      ],
    });
  },
);

test.each<[string, Record<string, string>]>([
  ['/v1/models', version],
  ['/models', version],
  ['/anthropic/v1/models', {}],
])("GET %s answers Anthropic's clients in their shape", async (path, headers) => {
  const { json } = await get(path, headers);
  expect(json).toMatchObject({
    data: [{ type: 'model', id: 'alias', max_input_tokens: 400 }, { id: 'other' }],
    has_more: false,
    first_id: 'alias',
    last_id: 'other',
  });
});

test.each(['/v1/models', '/models'])('GET %s answers Codex, which says its version, in its shape', async (path) => {
  const { json } = await get(path, {}, 'client_version=0.169.0');
  expect(json).toMatchObject({ models: [{ slug: 'alias', context_window: 400 }, { slug: 'other' }] });
});

test('a list that the caller has already is not sent again, in any of the shapes', async () => {
  const shapes: [Record<string, string>, string][] = [
    [{}, ''],
    [version, ''],
    [{}, 'client_version=1'],
  ];
  for (const [headers, query] of shapes) {
    const { etag } = (await get('/v1/models', headers, query)).headers;
    const again = await get('/v1/models', { ...headers, 'if-none-match': etag! }, query);
    expect([again.status, again.json, again.headers.etag]).toEqual([304, '', etag]);
  }
});

test('a model is found by a listed name, and by provider and id with slashes of its own', async () => {
  for (const id of ['alias', 'p/any/thing:free'])
    expect(await get(`/v1/models/${id}`)).toMatchObject({ status: 200, json: { id } });
  expect((await get('/v1/models/p/one')).json).toMatchObject({ context_length: 400 });
});

test('an unknown model is refused in the words that clients look for', async () => {
  expect(await get('/v1/models/unknown')).toMatchObject({ status: 404, json: { error: { code: 'model_not_found' } } });
});

test('no provider is asked', () => expect(asked).toEqual([]));

describe('a key that may use some models alone', () => {
  const { call: ask } = open({ models: ['gpt-a'] });
  const shown = async (query: string, headers: Record<string, string> = {}) => {
    const { text } = await ask('/v1/models', { method: 'GET', query, headers: { ...annsHeaders, ...headers } });
    const { data, models } = JSON.parse(text) as { data?: { id: string }[]; models?: { slug: string }[] };
    return data?.map(({ id }) => id) ?? models?.map(({ slug }) => slug);
  };

  test('is shown those alone, in each shape', async () => {
    expect(await shown('')).toEqual(['gpt-a']);
    expect(await shown('', version)).toEqual(['gpt-a']);
    expect(await shown('client_version=0.169.0')).toEqual(['gpt-a']);
  });

  test('does not find another one', async () => {
    const { status } = await ask('/v1/models/other', { method: 'GET', headers: annsHeaders });
    expect(status).toBe(404);
  });
});
