import { expect, test } from 'vitest';
import { openDirect } from '../../support/direct.ts';

const { call } = openDirect({
  definition: {
    providers: { p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } },
    models: { alias: 'p/one', other: ['p/two', 'p/one'] },
  },
});
const get = async (path: string, headers: Record<string, string> = {}) => {
  const { status, text } = await call(path, { method: 'GET', headers });
  return { status, json: JSON.parse(text) };
};

test.each(['/v1/models', '/models'])(
  "GET %s lists the names of the configuration as OpenAI's clients read them",
  async (path) => {
    const { json } = await get(path);
    expect(json).toMatchObject({
      object: 'list',
      data: [
        { id: 'alias', owned_by: 'p' },
        { id: 'other', owned_by: 'p' },
      ],
    });
  },
);

test("the same path answers Anthropic's clients in their shape", async () => {
  const { json } = await get('/v1/models', { 'anthropic-version': '2023-06-01' });
  expect(json).toMatchObject({ data: [{ type: 'model', id: 'alias' }, { id: 'other' }], has_more: false });
});

test('a model is found by a listed name, and by provider and id with slashes of its own', async () => {
  for (const id of ['alias', 'p/any/thing:free'])
    expect(await get(`/v1/models/${id}`)).toMatchObject({ status: 200, json: { id } });
});

test('an unknown model is refused in the words that clients look for', async () => {
  expect(await get('/v1/models/unknown')).toMatchObject({ status: 404, json: { error: { code: 'model_not_found' } } });
});
