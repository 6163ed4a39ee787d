import { expect, test } from 'vitest';
import { openDirect, type Reply } from '../../support/direct.ts';

const path = '/v1/messages/count_tokens';
const body = { model: 'claude/m', messages: [{ role: 'user', content: 'hi there' }], max_tokens: 9, stream: true };
const definition = {
  providers: {
    claude: { preset: 'anthropic', auth: 'none' },
    p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' },
  },
};
const open = (reply: Reply) => openDirect({ definition, reply: () => reply });

test("a provider of the caller's dialect is asked for the count, without what counts do not take", async () => {
  const { call, asked, records } = open({ json: { input_tokens: 12 } });
  const { text, headers } = await call(path, { body, headers: { 'anthropic-version': '2023-06-01' } });
  expect(JSON.parse(text)).toEqual({ input_tokens: 12 });
  expect(headers).not.toHaveProperty('x-sluice-estimated');
  expect(asked[0]?.url).toContain('/count_tokens');
  expect(JSON.parse(asked[0]!.text)).toEqual({ model: 'm', messages: body.messages });
  expect(records).toEqual([]);
});

test.each<[string, string, Reply]>([
  ['a provider of another dialect', 'p/m', {}],
  ['a provider that refuses', 'claude/m', { status: 500, json: {} }],
  ['a provider that answers something else', 'claude/m', { json: [] }],
])('#92 with %s the count is estimated and says so', async (_, model, reply) => {
  const { call } = open(reply);
  const { status, text, headers } = await call(path, { body: { ...body, model } });
  expect([status, headers['x-sluice-estimated']]).toEqual([200, 'true']);
  expect(JSON.parse(text).input_tokens).toBeGreaterThan(0);
});

test('an unknown model is refused', async () => {
  expect((await open({}).call(path, { body: { ...body, model: 'unknown' } })).status).toBe(404);
});
