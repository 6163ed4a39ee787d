import { expect, test } from 'vitest';
import { sendJson } from '../../../support/provider.ts';
import { openStage } from '../stage.ts';

const verdict =
  '{"id":"modr-1917043659912705296","model":"omni-moderation-2024-09-26","results":[{"flagged":true,"scores":{"violence":0.9999999999999999999}}],"big":1917043659912705296}';

test.each(['/v1/moderations', '/moderations'])(
  'POST %s passes the bytes in both directions, only the model is renamed, and is recorded',
  async (path) => {
    const { rig, provider } = await openStage(
      (_, response) => sendJson(response, 200, verdict),
      (url) => ({
        providers: { p: { baseUrl: url, auth: 'none' } },
        models: { guard: 'p/omni-moderation-latest' },
      }),
    );
    const body =
      '{ "input": ["a", {"type":"text","text":"世界"}], "model" : "guard", "unknown": {"n": 1917043659912705296, "n1": 1.0} }';
    const response = await rig.post(body, {}, path);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(verdict);
    expect(provider.asked[0]?.path).toBe('/moderations');
    expect(provider.asked[0]?.text).toBe(body.replace('"guard"', '"omni-moderation-latest"'));
    await rig.records(1);
    expect(rig.requests).toMatchObject([
      {
        purpose: 'moderation',
        status: 200,
        askedModel: 'guard',
        provider: 'p',
        model: 'omni-moderation-latest',
        usage: { output: 0, estimated: true },
        attempts: [{ purpose: 'answer', provider: 'p' }],
      },
    ]);
    expect(rig.requests[0]?.usage?.input).toBe(Math.ceil(Buffer.byteLength(body) / 4));
  },
);

test("without a model the vendor's own is asked for, as its SDKs leave it out", async () => {
  const { rig, provider } = await openStage(
    (_, response) => sendJson(response, 200, verdict),
    (url) => ({
      providers: { p: { baseUrl: url, auth: 'none' } },
      models: { 'omni-moderation-latest': 'p/ours' },
    }),
  );
  const { results } = await rig.openai.moderations.create({ input: 'x' });
  expect(results[0]?.flagged).toBe(true);
  expect(provider.asked[0]?.body).toEqual({ input: 'x', model: 'ours' });
});

test.each([{ input: 'x' }, { input: 'x', model: 'omni-moderation-latest' }])(
  'the default model, which converses, is not asked to moderate: %j',
  async (body) => {
    const { rig, provider } = await openStage(
      (_, response) => sendJson(response, 200, verdict),
      (url) => ({ providers: { p: { baseUrl: url, auth: 'none' } }, defaultModel: 'p/chat' }),
    );
    const response = await rig.post(body, {}, '/v1/moderations');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { param: 'model', message: expect.stringContaining('name a model') },
    });
    expect(provider.asked).toEqual([]);
  },
);
