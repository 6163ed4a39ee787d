import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completion, sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** A caller may ask for a model of any name, as long as a whole request body. */
const long = '長'.repeat(150_000);
const body = { messages: [{ role: 'user', content: 'x' }] };
let provider: TestProvider;
let rig: Rig;

beforeAll(async () => {
  provider = await startProvider((_, response) => sendJson(response, 200, completion('ok')));
  rig = await startRig({ definition: { providers: { mock: { baseUrl: provider.url, auth: 'none' } } } });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

describe('a model name of 450 KB', () => {
  test('reaches the provider whole, and is cut in the record, which the table takes with its neighbours', async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () => rig.post({ ...body, model: 'mock/m' })),
      rig.post({ ...body, model: `mock/${long}` }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const sent = provider.asked.map(({ body }) => body.model);
    expect(sent).toContain(long);
    const records = await rig.records(11);
    const lengths = records.map(({ askedModel, model, lines }) => `${askedModel}${model}${lines}`.length);
    expect(Math.max(...lengths)).toBeLessThan(1500);
    expect(rig.requests.find(({ model }) => model?.startsWith('長'))?.model).toMatch(/^長{255}…$/);
    expect(rig.logged.filter(({ message }) => message === 'usage_unwritten')).toEqual([]);
  });

  test('is cut in the record of a request that is refused', async () => {
    expect((await rig.post({ ...body, model: long })).status).toBe(404);
    await expect.poll(() => rig.requests.at(-1)).toMatchObject({ status: 404, askedModel: `${'長'.repeat(255)}…` });
  });
});
