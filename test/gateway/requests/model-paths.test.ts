import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** A model's name is a part of some addresses: it must not lead to another place of the provider, which would get the key. */
let provider: TestProvider;
let rig: Rig;

beforeAll(async () => {
  provider = await startProvider((_, response) => sendJson(response, 500, {}));
  const baseUrl = `${provider.url}/v1`;
  rig = await startRig({
    definition: {
      providers: {
        ge: { preset: 'gemini', baseUrl },
        be: { preset: 'bedrock', baseUrl, auth: 'none' },
        own: { baseUrl, secret: 'OWN', path: '/deployments/{model}/chat/completions' },
        chat: { baseUrl, secret: 'CHAT' },
        claude: { preset: 'anthropic', baseUrl },
      },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

const post = (model: string, path = '/v1/chat/completions') =>
  rig.post({ model, messages: [{ role: 'user', content: 'Hi' }], input: 'Hi', documents: ['a'], query: 'b' }, {}, path);

const outside = ['../../../admin', '..', '.', 'a/../b', 'models/..', '../v1/x', 'a/./b', 'a//b', 'a/', '/a'];

test.each(outside.flatMap((name) => ['ge', 'be', 'own'].map((from) => `${from}/${name}`)))(
  'the model %j stays under its base address, or is unknown',
  async (model) => {
    for (const path of ['/v1/chat/completions', '/v1/embeddings']) {
      const before = provider.asked.length;
      const response = await post(model, path);
      const text = await response.text();
      for (const asked of provider.asked.slice(before)) {
        expect(asked.path).toMatch(/^\/v1\//);
        expect(asked.path).not.toMatch(/\/\.{1,2}(?:\/|:|$)|\/\//);
        expect(decodeURIComponent(asked.path)).toContain(model.slice(model.indexOf('/') + 1));
      }
      if (provider.asked.length === before && response.status !== 400) {
        expect([response.status, text]).toEqual([
          404,
          expect.stringContaining('does not exist or you do not have access'),
        ]);
      }
    }
  },
);

test.each(['ge/../../../admin', 'ge/..', 'be/..', 'own/.', 'ge/a//b'])('the model %j is unknown', async (model) => {
  const response = await post(model);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { code: 'model_not_found' } });
});

test('what means something in an address means nothing in a name', async () => {
  for (const [model, path] of [
    ['ge/a?key=1#b', '/v1/models/a%3Fkey%3D1%23b:generateContent'],
    ['ge/tunedModels/ours', '/v1/tunedModels/ours:generateContent'],
    ['ge/%2e%2e', '/v1/models/%252e%252e:generateContent'],
    ['be/a/../b', '/v1/model/a%2F..%2Fb/converse'],
    ['own/a\\..\\b', '/v1/deployments/a%5C..%5Cb/chat/completions'],
    ['own/a$&b', '/v1/deployments/a%24%26b/chat/completions'],
  ]) {
    await post(model!);
    expect(provider.asked.at(-1)?.path).toBe(path);
  }
});

test.each(['ge', 'be', 'own', 'chat', 'claude'])(
  'half a character in a model of %s is a mistake of the caller',
  async (name) => {
    const before = provider.asked.length;
    for (const path of ['/v1/chat/completions', '/v1/embeddings', '/v1/messages', '/v1/responses', '/v1/rerank']) {
      for (const model of [`${name}/a\ud800`, `${name}/\udc00/b`]) {
        const response = await rig.post(
          {
            model,
            messages: [{ role: 'user', content: 'Hi' }],
            input: 'Hi',
            documents: ['a'],
            query: 'b',
            max_tokens: 1,
          },
          {},
          path,
        );
        expect(response.status, path).toBe(400);
      }
    }
    expect(provider.asked.length).toBe(before);
  },
);
