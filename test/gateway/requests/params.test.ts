import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completion, sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** Fields that a provider does not take: dropped and named, or refused where the owner wants it so. */
let provider: TestProvider;
let lenient: Rig;
let strict: Rig;

beforeAll(async () => {
  provider = await startProvider((_, response) => sendJson(response, 200, completion('ok')));
  const traits = {
    drops: ['logit_bias', 'store'],
    oneChoice: true,
    maxTokensField: 'max_tokens',
    renames: { seed: 'random_seed' },
  };
  const providers = {
    short: { baseUrl: provider.url, auth: 'none', traits },
    long: { baseUrl: provider.url, auth: 'none', traits: { ...traits, developerAsSystem: true } },
  };
  lenient = await startRig({ definition: { providers } });
  strict = await startRig({ definition: { providers, strictParams: true } });
});
afterAll(async () => {
  await Promise.all([lenient.close(), strict.close()]);
  await provider.close();
});

const body = (model: string) => ({
  model,
  messages: [{ role: 'developer', content: 'd' }],
  max_completion_tokens: 9,
  max_tokens: 5,
  seed: 3,
  n: 1,
  store: true,
  logit_bias: { '1': 1 },
  enable_thinking: false,
});

describe.each(['short/m', 'long/m'])('on the road of %s', (model) => {
  test('fields are dropped, named in a header, or renamed; unknown ones pass', async () => {
    const response = await lenient.post(body(model));
    expect(response.status).toBe(200);
    expect(response.headers.get('x-sluice-dropped')?.split(', ').sort()).toEqual(['logit_bias', 'store']);
    const { messages: _, ...sent } = provider.asked.at(-1)!.body;
    expect(sent).toEqual({ model: 'm', max_tokens: 9, random_seed: 3, enable_thinking: false });
  });

  test('#87 several answers of a provider that gives one are refused, never made one', async () => {
    const response = await lenient.post({ ...body(model), n: 2 });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: object }).error).toMatchObject({
      code: 'unsupported_value',
      param: 'n',
    });
  });

  test('strictParams makes a dropped field a 400 that names it', async () => {
    const asked = provider.asked.length;
    const response = await strict.post(body(model));
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: object }).error).toMatchObject({
      code: 'unsupported_parameter',
      param: expect.stringMatching(/^(store|logit_bias)$/),
    });
    expect(provider.asked.length).toBe(asked);
  });
});

describe('the list of models', () => {
  test('is in Anthropic’s shape, in pages, for a caller that says a version', async () => {
    const rig = await startRig({
      definition: {
        providers: { p: { baseUrl: provider.url, auth: 'none' } },
        models: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, `p/${name}`])),
      },
    });
    const get = async (query: string) => {
      const response = await fetch(`${rig.url}/v1/models${query}`, {
        headers: { 'x-api-key': 'sk-master-0123456789', 'anthropic-version': '2023-06-01' },
      });
      return {
        status: response.status,
        ...((await response.json()) as { data: { id: string; type: string }[]; has_more: boolean; last_id: string }),
      };
    };
    const first = await get('?limit=3');
    expect(first.data[0]).toMatchObject({ type: 'model', id: 'a', display_name: 'a' });
    expect([first.data.length, first.has_more, first.last_id]).toEqual([3, true, 'c']);
    expect((await get('?limit=3&after_id=c')).data.map(({ id }) => id)).toEqual(['d']);
    expect((await get('?limit=2&before_id=d')).data.map(({ id }) => id)).toEqual(['b', 'c']);
    expect((await get('?limit=0')).status).toBe(400);
    await rig.close();
  });
});
