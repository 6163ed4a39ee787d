import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MASTER_KEY } from '../../../support/rig.ts';
import { type GeminiStage, hello, openStage } from './stage.ts';

/** All but conversations: vectors, models, errors, keys. */
let stage: GeminiStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());
beforeEach(() => void stage.provider.asked.splice(0));

test.each([
  ['openai%2Ftext-embedding-3-small', ['embedContent']],
  ['gemini%2Fgemini-embedding-001', ['embedContent']],
  ['vectors', ['embedContent']],
  ['openai%2Fwhisper-1', []],
  ['openai%2Fgpt-4o-mini-tts', []],
  ['openai%2Fdall-e-3', []],
  ['openai%2Fgpt-image-1', []],
  ['fast', ['generateContent', 'streamGenerateContent', 'countTokens']],
])('a model is listed with what it can be asked for: %s', async (id, methods) => {
  const headers = { 'x-goog-api-key': MASTER_KEY };
  const response = await fetch(`${stage.rig.url}/v1beta/models/${id}`, { headers });
  expect(await response.json()).toMatchObject({ supportedGenerationMethods: methods });
});

describe('embeddings', () => {
  test('one content has one vector, in Google’s shape, from a provider of another dialect', async () => {
    stage.answer({ body: { data: [{ index: 0, embedding: [0.5, 1] }], model: 'm', usage: { prompt_tokens: 3 } } });
    const body = '{"content":{"parts":[{"text":"a"}]},"output_dimensionality":2}';
    const response = await stage.plain(body, '/v1beta/models/openai%2Ftext-embedding-3-small:embedContent');
    expect(await response.json()).toEqual({
      embedding: { values: [0.5, 1] },
      usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 },
    });
    expect(stage.provider.asked[0]?.body).toMatchObject({
      input: ['a'],
      dimensions: 2,
      model: 'text-embedding-3-small',
    });
  });

  test('what they are for reaches Gemini in its own words', async () => {
    stage.answer({ body: { embeddings: [{ values: [1] }, { values: [2] }] } });
    const { embeddings } = await stage.sdk.models.embedContent({
      model: 'gemini/gemini-embedding-001',
      contents: ['a', 'b'],
      config: { taskType: 'SEMANTIC_SIMILARITY' },
    });
    expect(embeddings?.map(({ values }) => values)).toEqual([[1], [2]]);
    expect(stage.provider.asked[0]?.body).toMatchObject({ requests: [{ taskType: 'SEMANTIC_SIMILARITY' }, {}] });
  });
});

describe('models', () => {
  test('are listed page by page, and found by name, as Google’s SDK wants them', async () => {
    const names = [];
    for await (const model of await stage.sdk.models.list({ config: { pageSize: 1 } })) names.push(model.name);
    expect(names).toEqual(['models/fast', 'models/clever', 'models/vectors']);
    expect((await stage.sdk.models.get({ model: 'bedrock/us.anthropic.x:0' })).name).toBe(
      'models/bedrock/us.anthropic.x:0',
    );
    const listed = await fetch(`${stage.rig.url}/v1/models`, { headers: { 'x-goog-api-key': MASTER_KEY } });
    expect(((await listed.json()) as { models: object[] }).models.length).toBe(3);
  });
});

describe('errors have Google’s shape', () => {
  const errorOf = async (response: Response) => ({
    status: response.status,
    error: ((await response.json()) as { error: { code: number; status: string; message: string; details: object[] } })
      .error,
  });

  test.each([
    ['/v1beta/models/fast:generateContent', { headers: { 'x-goog-api-key': 'wrong' } }, 401, 'UNAUTHENTICATED'],
    ['/v1beta/models/nobody:generateContent', {}, 404, 'NOT_FOUND'],
    ['/v1beta/nowhere', {}, 404, 'NOT_FOUND'],
    ['/v1beta/models', {}, 405, 'UNIMPLEMENTED'],
    ['/v1/models/fast:generateContent?key=wrong', { headers: {} }, 401, 'UNAUTHENTICATED'],
  ])('at %s', async (path, init, code, status) => {
    const { error, ...answered } = await errorOf(await stage.plain(hello, path, init));
    expect(answered.status).toBe(code);
    expect(error).toMatchObject({ code, status });
  });

  test('a mistake names its field, in Google’s way', async () => {
    const { error } = await errorOf(
      await stage.plain('{"contents":[{"role":"system","parts":[]}]}', '/v1beta/models/fast:generateContent'),
    );
    expect(error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    expect(error.details[0]).toMatchObject({ fieldViolations: [{ field: 'contents[0].role' }] });
  });

  test('a limit says when to come back, in the details', async () => {
    stage.answer({ status: 429, body: { error: { message: 'slow down' } }, headers: { 'retry-after': '7' } });
    const { error, status } = await errorOf(await stage.plain(hello, '/v1beta/models/clever:generateContent'));
    expect(status).toBe(429);
    expect(error.status).toBe('RESOURCE_EXHAUSTED');
    expect(error.details[0]).toEqual({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' });
  });

  test('a provider’s own sentence about the request keeps its wording', async () => {
    stage.answer({ status: 400, body: { error: { code: 400, message: 'Too hot.', status: 'FAILED_PRECONDITION' } } });
    const { error } = await errorOf(await stage.plain(hello, '/v1beta/models/fast:generateContent'));
    expect(error).toMatchObject({ code: 400, message: 'Too hot.', status: 'FAILED_PRECONDITION' });
  });
});

describe('the key', () => {
  test.each([
    ['in the query', `?key=${MASTER_KEY}&alt=sse`, {}],
    ['in its header', '', { 'x-goog-api-key': MASTER_KEY }],
    ['as a bearer', '', { authorization: `Bearer ${MASTER_KEY}` }],
  ])('may stand %s, and is written down and sent on nowhere', async (_, query, headers) => {
    stage.answer({ status: 500, body: { error: { message: `no ${MASTER_KEY}` } } });
    const response = await stage.plain(hello, `/v1beta/models/fast:generateContent${query}`, {
      headers: { 'x-goog-user-project': 'p', 'x-goog-api-client': 'c', ...headers },
    });
    expect(response.status).toBe(502);
    expect(stage.provider.asked.length).toBe(1);
    expect(JSON.stringify(stage.provider.asked)).not.toContain(MASTER_KEY);
    expect(stage.provider.asked[0]?.headers).not.toHaveProperty('x-goog-user-project');
    expect(JSON.stringify(stage.rig.logged)).not.toContain(MASTER_KEY);
    expect(JSON.stringify(stage.rig.requests)).not.toContain(MASTER_KEY);
  });

  test('counts in a query at Google’s paths only', async () => {
    const response = await fetch(`${stage.rig.url}/v1/models?key=${MASTER_KEY}`);
    expect(response.status).toBe(401);
    const listed = await fetch(`${stage.rig.url}/v1beta/models?pageSize=1&key=${MASTER_KEY}`);
    expect(await listed.json()).toMatchObject({ models: [{ name: 'models/fast' }], nextPageToken: '1' });
  });
});
