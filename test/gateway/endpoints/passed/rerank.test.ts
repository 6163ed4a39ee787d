import { expect, test } from 'vitest';
import { sendJson } from '../../../support/provider.ts';
import { openStage } from '../stage.ts';

const body = '{"model":"order","query":"q","documents":["a","世界"],"top_n":1,"own":{"id":1917043659912705296}}';

/** Replies as the vendors' pages show them, written by us. */
const replies = {
  cohere:
    '{"id":"07734bd2","results":[{"index":1,"relevance_score":0.9990000000000000001}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":2}}}',
  jina: '{"model":"m","object":"list","usage":{"total_tokens":815},"results":[{"index":0,"relevance_score":0.5,"document":{"text":"a"}}]}',
  plain: '{"results":[{"index":0,"relevance_score":0.5}],"id":1917043659912705296}',
};

const definition = (url: string) => ({
  providers: { p: { baseUrl: url, auth: 'none' }, c: { preset: 'cohere', baseUrl: url, auth: 'none' } },
  models: { order: 'p/rerank-v3.5', cohere: 'c/rerank-v3.5', both: ['c/one', 'p/two'] },
});

test.each(['/v1/rerank', '/v2/rerank', '/rerank'])(
  'POST %s passes the bytes in both directions, only the model is renamed, and its searches are recorded',
  async (path) => {
    const { rig, provider } = await openStage((_, response) => sendJson(response, 200, replies.cohere), definition);
    const response = await rig.post(body, {}, path);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(replies.cohere);
    expect(provider.asked[0]?.path).toBe('/rerank');
    expect(provider.asked[0]?.text).toBe(body.replace('"order"', '"rerank-v3.5"'));
    await rig.records(1);
    expect(rig.requests).toMatchObject([
      { purpose: 'rerank', askedModel: 'order', model: 'rerank-v3.5', usage: { input: 0, output: 0, searches: 2 } },
    ]);
    expect(rig.requests[0]?.usage).not.toHaveProperty('estimated');
  },
);

test.each([
  ['jina', { input: 815, output: 0 }],
  ['plain', { input: Math.ceil(Buffer.byteLength(body) / 4), output: 0, estimated: true }],
] as const)('a reply in the form of %s is recorded with its usage', async (form, usage) => {
  const { rig } = await openStage((_, response) => sendJson(response, 200, replies[form]), definition);
  expect(await (await rig.post(body, {}, '/v1/rerank')).text()).toBe(replies[form]);
  await rig.records(1);
  expect(rig.requests[0]?.usage).toEqual(usage);
});

test('Cohere is asked under its own base URL', async () => {
  const { rig, provider } = await openStage((_, response) => sendJson(response, 200, replies.cohere), definition);
  await (await rig.post(body.replace('order', 'cohere'), {}, '/v2/rerank')).text();
  expect(provider.asked[0]?.path).toBe('/rerank');
});

test('the next target is asked when one refuses', async () => {
  const { rig } = await openStage(({ body }, response) => {
    if (body.model === 'one') return sendJson(response, 503, { message: 'busy' });
    sendJson(response, 200, replies.jina);
  }, definition);
  expect((await rig.post(body.replace('order', 'both'), {}, '/v1/rerank')).status).toBe(200);
  await rig.records(1);
  expect(rig.requests[0]).toMatchObject({ provider: 'p', attempts: [{ error: 'overloaded' }, { provider: 'p' }] });
});
