import { expect, test } from 'vitest';
import { openDirect } from '../../../support/direct.ts';

const own = { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' };

test.each([[{}], [{ model: '' }], [{ model: 7 }]])(
  'a body without a model is refused where the vendor has no usual one: %j',
  async (body) => {
    const { call, records } = openDirect();
    const { status, text } = await call('/v1/rerank', { body });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      error: { param: 'model', message: "Missing required parameter: 'model'." },
    });
    expect(records).toMatchObject([{ status: 400, purpose: 'rerank', attempts: [] }]);
  },
);

test('a provider without the operation is refused before anything is asked, and passed over where another has it', async () => {
  const { call, asked } = openDirect({
    definition: {
      providers: { p: own, claude: { preset: 'anthropic', auth: 'none' } },
      models: { both: ['claude/m', 'p/m'] },
    },
    reply: () => ({ json: { results: [] } }),
  });
  const refused = await call('/v1/rerank', { body: { model: 'claude/m' } });
  expect([refused.status, asked.length]).toEqual([400, 0]);
  expect(JSON.parse(refused.text)).toMatchObject({ error: { param: 'model', code: 'unsupported_value' } });
  expect((await call('/v1/rerank', { body: { model: 'both' } })).status).toBe(200);
  expect(asked.map(({ url }) => url)).toEqual(['http://127.0.0.1:9/v1/rerank']);
});

test('a reply that is no JSON object is a failure of the provider', async () => {
  const { call, records } = openDirect({ reply: () => ({ json: [] }) });
  expect((await call('/v1/moderations', { body: { model: 'p/m', input: 'x' } })).status).toBe(502);
  expect(records).toMatchObject([{ status: 502, purpose: 'moderation', attempts: [{ error: 'upstream' }] }]);
});

test('fields that the target refuses are dropped and named, or refused where the owner wants none lost', async () => {
  const definition = {
    providers: { p: { ...own, traits: { drops: ['top_n', 'absent'] } } },
    models: { sorter: 'p/m' },
  };
  const body = { model: 'sorter', query: 'q', top_n: 2 };
  const lenient = openDirect({ definition, reply: () => ({ json: { results: [] } }) });
  const { status, headers } = await lenient.call('/v1/rerank', { body });
  expect([status, headers['x-sluice-dropped']]).toEqual([200, 'top_n']);
  expect(JSON.parse(lenient.asked[0]!.text)).toEqual({ model: 'm', query: 'q' });
  const strict = openDirect({ definition: { ...definition, strictParams: true } });
  const refused = await strict.call('/v1/rerank', { body });
  expect([refused.status, strict.asked.length]).toEqual([400, 0]);
  expect(JSON.parse(refused.text)).toMatchObject({ error: { param: 'top_n', code: 'unsupported_parameter' } });
});

test('a provider with a path of its own for conversations is asked beside it, or not at all', async () => {
  const { call, asked } = openDirect({
    definition: {
      providers: {
        dated: {
          preset: 'azure-deployment',
          baseUrl: 'http://127.0.0.1:9/openai',
          parameters: { apiVersion: '2024-10-21' },
          auth: 'none',
        },
        odd: { ...own, path: '/talk' },
      },
    },
    reply: () => ({ json: { results: [] } }),
  });
  expect((await call('/v1/moderations', { body: { model: 'dated/guard', input: 'x' } })).status).toBe(200);
  expect(asked.map(({ url }) => url)).toEqual([
    'http://127.0.0.1:9/openai/deployments/guard/moderations?api-version=2024-10-21',
  ]);
  expect((await call('/v1/rerank', { body: { model: 'odd/m' } })).status).toBe(400);
  expect(asked).toHaveLength(1);
});

test('the refusal names the providers and what they lack', async () => {
  const definition = {
    providers: { p: own, claude: { preset: 'anthropic', auth: 'none' }, gem: { preset: 'gemini', auth: 'none' } },
    models: { both: ['claude/m', 'gem/m'] },
  };
  const { call } = openDirect({ definition });
  const { text } = await call('/v1/images/edits', { body: { model: 'both', prompt: 'x' } });
  expect(JSON.parse(text).error.message).toBe(
    "The provider 'claude', 'gem' of the model `both` does not offer this operation (/v1/images/edits).",
  );
});

test("an operation is asked at the provider's other endpoint where the first has none", async () => {
  const definition = {
    providers: {
      p: {
        preset: 'anthropic',
        baseUrl: 'http://127.0.0.1:9',
        auth: 'none',
        endpoints: { 'openai-chat': { baseUrl: 'http://127.0.0.1:9/chat' } },
      },
    },
  };
  const { call, asked, records } = openDirect({ definition, reply: () => ({ json: { data: [] } }) });
  expect((await call('/v1/images/generations', { body: { model: 'p/m', prompt: 'x' } })).status).toBe(200);
  expect(asked.map(({ url }) => url)).toEqual(['http://127.0.0.1:9/chat/images/generations']);
  expect(records).toMatchObject([{ provider: 'p', model: 'm', purpose: 'image' }]);
});
