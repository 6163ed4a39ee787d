import { expect, test } from 'vitest';
import { openDirect } from '../../support/direct.ts';

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
