import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asked, type Script, sendJson, sleep, startProvider, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** The official SDK in front; behind, providers of each dialect that answer with vectors of the text's length. */
const providers: TestProvider[] = [];
let rig: Rig;

const vectorOf = (text: unknown): number[] => [String(text).length, 0.5, -0.25];
const base64Of = (values: number[]): string => Buffer.from(Float32Array.from(values).buffer).toString('base64');

const openai: Script = ({ body }, response) => {
  const input = body.input as (string | number[])[];
  if (body.model === 'broken') return sendJson(response, 500, { error: { message: 'no' } });
  if (body.model === 'short') return sendJson(response, 200, { data: [], usage: {} });
  const list = typeof input === 'string' ? [input] : input;
  const encode = body.encoding_format === 'base64' && body.model !== 'floats-only' ? base64Of : (v: number[]) => v;
  const data = list.map((text, index) => ({ object: 'embedding', index, embedding: encode(vectorOf(text)) }));
  const usage = { prompt_tokens: list.length, total_tokens: list.length };
  sendJson(response, 200, { object: 'list', data, model: `${body.model}-2026`, usage, own: 'kept' });
};

const cohere: Script = async ({ body }, response, position) => {
  const texts = body.texts as string[];
  // Later batches answer first: the order must not come from the clock.
  await sleep(position % 2 === 0 ? 30 : 0);
  if (texts.includes('poison')) return sendJson(response, 429, { message: 'slow down' }, { 'retry-after': '7' });
  const meta = { billed_units: { input_tokens: texts.length } };
  sendJson(response, 200, { id: 'x', embeddings: { float: texts.map(vectorOf) }, texts, meta });
};

const gemini: Script = ({ body }, response) => {
  const requests = body.requests as { content: { parts: { text: string }[] } }[];
  sendJson(response, 200, {
    embeddings: requests.map(({ content }) => ({ values: vectorOf(content.parts[0]?.text) })),
  });
};

const bedrock: Script = ({ body, path }, response) => {
  if (path.includes('titan')) {
    return sendJson(response, 200, { embedding: vectorOf(body.inputText), inputTextTokenCount: 2 });
  }
  const embeddings = { float: (body.texts as string[]).map(vectorOf) };
  sendJson(
    response,
    200,
    { embeddings, response_type: 'embeddings_by_type' },
    { 'x-amzn-bedrock-input-token-count': '9' },
  );
};

async function start(script: Script): Promise<TestProvider> {
  const provider = await startProvider(script);
  providers.push(provider);
  return provider;
}

let behind: Record<'openai' | 'cohere' | 'gemini' | 'bedrock', TestProvider>;

beforeAll(async () => {
  behind = {
    openai: await start(openai),
    cohere: await start(cohere),
    gemini: await start(gemini),
    bedrock: await start(bedrock),
  };
  const open = { auth: 'none' as const };
  rig = await startRig({
    definition: {
      providers: {
        mock: { baseUrl: `${behind.openai.url}/v1`, ...open },
        small: { baseUrl: `${behind.openai.url}/v1`, ...open, traits: { embeddingsBatch: 10, drops: ['user'] } },
        cohere: { baseUrl: `${behind.cohere.url}/v2`, ...open },
        gem: { preset: 'gemini', baseUrl: behind.gemini.url, ...open },
        bedrock: { baseUrl: behind.bedrock.url, ...open },
        business: { baseUrl: behind.openai.url },
      },
      models: {
        vectors: 'mock/embed-1',
        backed: ['mock/broken', 'business/x', 'cohere/embed-v4.0'],
      },
    },
  });
});
afterAll(async () => {
  await rig.close();
  for (const provider of providers) await provider.close();
});

const post = (body: object) => rig.post(body, {}, '/v1/embeddings');
const lastAsked = (name: keyof typeof behind): Asked => behind[name].asked.at(-1)!;
const texts = (count: number): string[] => Array.from({ length: count }, (_, n) => 'x'.repeat((n % 97) + 1));

describe('the official openai SDK asks for embeddings', () => {
  test.each([
    ['vectors', 1],
    ['small/embed-1', 1],
    ['mock/floats-only', 1],
    ['cohere/embed-v4.0', 1],
    ['gem/gemini-embedding-001', 0],
    ['bedrock/amazon.titan-embed-text-v2:0', 2],
    ['bedrock/cohere.embed-v4:0', 9],
  ])('#90 and %s answers in base64, its default, and in floats', async (model, tokens) => {
    for (const encoding_format of [undefined, 'float', 'base64'] as const) {
      const options = encoding_format === undefined ? {} : { encoding_format };
      const reply = await rig.openai.embeddings.create({ model, input: 'four', ...options });
      const [first] = reply.data;
      const expected = encoding_format === 'base64' ? base64Of([4, 0.5, -0.25]) : [4, 0.5, -0.25];
      expect(first).toEqual({ object: 'embedding', index: 0, embedding: expected });
      expect(reply.usage.prompt_tokens).toBe(tokens === 0 ? 1 : tokens);
    }
  });

  test.each([
    ['small/embed-1', 25, 3, 'openai', 25],
    ['cohere/embed-v4.0', 200, 3, 'cohere', 200],
    ['gem/gemini-embedding-001', 250, 3, 'gemini', undefined],
    ['bedrock/amazon.titan-embed-text-v2:0', 20, 20, 'bedrock', 40],
    ['bedrock/cohere.embed-v4:0', 100, 2, 'bedrock', 18],
  ] as const)(
    '#90 and %s gets %i inputs in %i calls, order kept, usage summed once',
    async (model, count, calls, name, tokens) => {
      const before = behind[name].asked.length;
      const input = texts(count);
      const { data, usage } = await rig.openai.embeddings.create({ model, input });
      expect(behind[name].asked.length - before).toBe(calls);
      expect(data.map(({ index }) => index)).toEqual(input.map((_, index) => index));
      expect(data.map(({ embedding }) => embedding[0])).toEqual(input.map(({ length }) => length));
      if (tokens !== undefined) expect(usage).toEqual({ prompt_tokens: tokens, total_tokens: tokens });
      await expect.poll(() => rig.requests.at(-1)?.usage?.input).toBe(usage.prompt_tokens);
    },
  );

  test('and its bytes pass in both directions where nothing must change', async () => {
    const body = '{ "input" : ["a"],\n "model":"vectors", "new_field": {"a":1.0} }';
    const response = await rig.post(body, {}, '/v1/embeddings');
    expect(lastAsked('openai').text).toBe(body.replace('"vectors"', '"embed-1"'));
    expect(lastAsked('openai').path).toBe('/v1/embeddings');
    expect(await response.json()).toMatchObject({ own: 'kept', model: 'embed-1-2026' });
  });

  test('of tokens where the provider knows them; elsewhere they are refused', async () => {
    const { data } = await rig.openai.embeddings.create({ model: 'vectors', input: [[1, 2], [3]] });
    expect(data).toHaveLength(2);
    expect(lastAsked('openai').body.input).toEqual([[1, 2], [3]]);
    for (const model of ['cohere/embed-v4.0', 'gem/gemini-embedding-001', 'bedrock/amazon.titan-embed-text-v2:0']) {
      await expect(rig.openai.embeddings.create({ model, input: [1, 2] })).rejects.toMatchObject({
        constructor: OpenAI.BadRequestError,
        param: 'input',
      });
    }
  });

  test('and what a provider does not take is named', async () => {
    const response = await post({ model: 'small/embed-1', input: texts(11), user: 'u' });
    expect(response.headers.get('x-sluice-dropped')).toBe('user');
    expect(lastAsked('openai').body).not.toHaveProperty('user');
  });

  test('says what the vectors are for in a field of ours', async () => {
    await post({ model: 'cohere/embed-v4.0', input: 'a', input_type: 'search_query' });
    expect(lastAsked('cohere').body.input_type).toBe('search_query');
    expect(lastAsked('cohere').path).toBe('/v2/embed');
  });
});

describe('a request for embeddings', () => {
  test('goes on to the next target that makes any, and the record has a line for each', async () => {
    const { data } = await rig.openai.embeddings.create({ model: 'backed', input: ['four'], encoding_format: 'float' });
    expect(data[0]?.embedding).toEqual([4, 0.5, -0.25]);
    await expect
      .poll(() => rig.requests.at(-1))
      .toMatchObject({
        purpose: 'embedding',
        provider: 'cohere',
        model: 'embed-v4.0',
        attempts: [{ error: 'upstream' }, {}],
        status: 200,
        streamed: false,
        usage: { input: 1, output: 0 },
      });
  });

  test('is refused as a whole when one of its calls is, and what the others used is recorded', async () => {
    const input = [...texts(96), 'poison', ...texts(200)];
    const response = await post({ model: 'cohere/embed-v4.0', input });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    await expect.poll(() => rig.requests.at(-1)?.error).toBe('rate_limited');
    expect(rig.requests.at(-1)?.usage?.input).toBeGreaterThanOrEqual(96);
  });

  test.each([
    [{ model: 'vectors' }, 400, 'input'],
    [{ model: 'vectors', input: [''] }, 400, 'input[0]'],
    [{ model: 'business/x', input: 'a' }, 400, 'model'],
    [{ model: 'bedrock/anthropic.claude-sonnet-4-5', input: 'a' }, 400, 'model'],
    [{ model: 'unknown', input: 'a' }, 404, null],
    [{ model: 'mock/broken', input: 'a' }, 502, null],
    [{ model: 'mock/short', input: 'a' }, 502, null],
  ])('%j is refused with %i', async (body, status, param) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { param } });
  });

  test('needs a key, and is a POST', async () => {
    const stranger = new OpenAI({ apiKey: 'sk-wrong', baseURL: `${rig.url}/v1`, maxRetries: 0 });
    await expect(stranger.embeddings.create({ model: 'vectors', input: 'a' })).rejects.toMatchObject({ status: 401 });
    expect((await fetch(`${rig.url}/v1/embeddings`, { headers: { authorization: 'Bearer x' } })).status).toBe(405);
  });
});
