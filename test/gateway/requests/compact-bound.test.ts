import { expect, test } from 'vitest';
import { virtualKeyOf } from '../../support/callers.ts';
import { openDirect, shortest } from '../../support/direct.ts';

const baseUrl = 'http://127.0.0.1:9/v1';
const definition = {
  providers: { own: { preset: 'openai', baseUrl, dialect: 'openai-responses' }, chat: { baseUrl, auth: 'none' } },
};
const compacted = { id: 'resp_1', object: 'response.compaction', created_at: 1, output: [] };
const input = [{ role: 'user', content: 'hi' }];

/** A summary asked for with a key that may use 50 tokens an answer. */
async function summarize(model: string, json: object, extra: object = {}) {
  const direct = openDirect({
    definition,
    reply: () => ({ json }),
    ports: () => ({ keys: { find: async () => virtualKeyOf({ rules: { maxTokens: 50 } }) } }),
  });
  const body = { model, input, ...extra };
  const { status } = await direct.call('/v1/responses/compact', { headers: { authorization: 'Bearer sk-ann' }, body });
  return { status, sent: JSON.parse(direct.asked[0]!.text) };
}

test('a key bounds no summary of the provider, whose endpoint takes no bound', async () => {
  const { status, sent } = await summarize('own/gpt-5', compacted);
  expect([status, sent]).toEqual([200, { model: 'gpt-5', input }]);
  expect((await summarize('own/gpt-5', compacted, { max_output_tokens: 900 })).sent).toEqual({ model: 'gpt-5', input });
});

test('a key bounds the summary that a model writes', async () => {
  const { status, sent } = await summarize('chat/m', shortest);
  expect(status).toBe(200);
  expect(sent.max_completion_tokens ?? sent.max_tokens).toBe(50);
});
