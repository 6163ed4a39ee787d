import { AzureOpenAI, toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Asked,
  completion,
  sendJson,
  startProvider,
  startStream,
  type TestProvider,
  textStream,
} from '../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';

/** Azure's client of the official SDK in front: its key in `api-key`, the model in the path, a version in the query. */
let provider: TestProvider;
let rig: Rig;
let azure: AzureOpenAI;

function script({ path, body }: Asked, response: Parameters<Parameters<typeof startProvider>[0]>[1]): void {
  if (body.stream === true) {
    startStream(response);
    for (const text of textStream(['Hel', 'lo'], true)) response.write(text);
    response.end();
  } else if (path.includes('/embeddings')) {
    const data = [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }];
    sendJson(response, 200, { object: 'list', model: 'e', data, usage: { prompt_tokens: 2, total_tokens: 2 } });
  } else if (path.includes('/responses')) sendJson(response, 404, { error: { message: 'no responses here' } });
  else if (path.includes('/images/')) sendJson(response, 200, { created: 1, data: [{ url: 'https://x' }] });
  else if (path.includes('/audio/')) sendJson(response, 200, { text: 'heard' });
  else sendJson(response, 200, completion('Hello'));
}

beforeAll(async () => {
  provider = await startProvider(script);
  rig = await startRig({
    definition: {
      providers: {
        p: { baseUrl: provider.url, auth: 'none' },
        dated: {
          preset: 'azure-deployment',
          baseUrl: `${provider.url}/openai`,
          secret: 'AZURE_KEY',
          parameters: { apiVersion: '2024-10-21' },
        },
      },
      models: { 'gpt-4o': 'p/real', painter: 'dated/pic', writer: 'dated/whisper', vectors: 'p/e' },
    },
  });
  azure = client();
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});
beforeEach(() => {
  provider.asked.length = 0;
});

const client = (options: Partial<ConstructorParameters<typeof AzureOpenAI>[0]> = {}) =>
  new AzureOpenAI({ endpoint: rig.url, apiKey: MASTER_KEY, apiVersion: '2024-10-21', maxRetries: 0, ...options });

const messages = [{ role: 'user' as const, content: 'Hi' }];

describe("Azure's client of the official SDK", () => {
  test('converses, whole and streamed, and its key goes no further', async () => {
    const whole = await azure.chat.completions.create({ model: 'gpt-4o', messages });
    expect(whole.choices[0]?.message.content).toBe('Hello');
    const stream = await azure.chat.completions.create({ model: 'gpt-4o', messages, stream: true });
    let text = '';
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    expect(text).toBe('Hello');
    expect(provider.asked.map(({ path, body }) => [path, body.model])).toEqual([
      ['/chat/completions', 'real'],
      ['/chat/completions', 'real'],
    ]);
    for (const { headers, text } of provider.asked) {
      expect(headers).not.toHaveProperty('api-key');
      expect(JSON.stringify([headers, text])).not.toContain(MASTER_KEY);
    }
  });

  test('asks the deployment of its path, whatever the body names', async () => {
    const fixed = client({ deployment: 'gpt-4o' });
    await fixed.chat.completions.create({ model: 'no-such-model', messages });
    expect(provider.asked[0]?.body.model).toBe('real');
  });

  test('a full name with a slash is a deployment too', async () => {
    await azure.chat.completions.create({ model: 'p/any/model', messages });
    expect(provider.asked[0]?.body.model).toBe('any/model');
  });

  test('makes vectors, images and transcriptions, at the deployment of an Azure provider too', async () => {
    const { data } = await azure.embeddings.create({ model: 'vectors', input: 'x', encoding_format: 'float' });
    expect(data[0]?.embedding).toEqual([0.5, 0.25]);
    await azure.images.generate({ model: 'painter', prompt: 'x' });
    const { text } = await azure.audio.transcriptions.create({
      model: 'writer',
      file: await toFile(Buffer.from('abc'), 'a.mp3'),
    });
    expect(text).toBe('heard');
    expect(provider.asked.map(({ path }) => path)).toEqual([
      '/embeddings',
      '/openai/deployments/pic/images/generations?api-version=2024-10-21',
      '/openai/deployments/whisper/audio/transcriptions?api-version=2024-10-21',
    ]);
    expect(provider.asked[1]?.headers['api-key']).toBe('key-of-AZURE_KEY');
  });

  test('lists the models', async () => {
    const { data } = await azure.models.list();
    expect(data.map(({ id }) => id)).toContain('gpt-4o');
  });

  test('is told of an unknown model by its code, and of a wrong key', async () => {
    const unknown = azure.chat.completions.create({ model: 'nothing', messages });
    await expect(unknown).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    const wrong = client({ apiKey: 'sk-wrong' }).chat.completions.create({ model: 'gpt-4o', messages });
    await expect(wrong).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
  });
});

const post = (path: string, body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) =>
  fetch(rig.url + path, { method: 'POST', headers: { 'api-key': MASTER_KEY, ...headers }, body });

test('a body without a model is asked by the path alone, in JSON and in a form', async () => {
  const json = { 'content-type': 'application/json' };
  const path = '/openai/deployments/gpt-4o/chat/completions?api-version=preview';
  expect((await post(path, JSON.stringify({ messages }), json)).status).toBe(200);
  const form = new FormData();
  form.append('file', new Blob(['abc']), 'a.mp3');
  expect((await post('/openai/deployments/writer/audio/transcriptions', form)).status).toBe(200);
  expect(provider.asked[0]?.body).toEqual({ messages, model: 'real' });
  const { headers, bytes } = provider.asked[1]!;
  const sent = await new Response(bytes, { headers: { 'content-type': headers['content-type']! } }).formData();
  expect([sent.get('model'), sent.has('file')]).toEqual(['whisper', true]);
});

test('every endpoint is there below /openai/v1 and /openai', async () => {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ model: 'gpt-4o', messages });
  for (const path of ['/openai/v1/chat/completions', '/openai/chat/completions', '/openai/v1/chat/completions/']) {
    expect([path, (await post(path, body, json)).status]).toEqual([path, 200]);
  }
  const input = JSON.stringify({ model: 'gpt-4o', input: 'Hi' });
  expect((await post('/openai/responses?api-version=preview', input, json)).status).toBe(200);
});

test('a name in the path that would be a part of the form is refused', async () => {
  const form = new FormData();
  form.append('file', new Blob(['abc']), 'a.mp3');
  const model = encodeURIComponent('p/x\r\nx: y');
  const response = await post(`/openai/deployments/${model}/audio/transcriptions`, form);
  expect(response.status).toBe(400);
  expect(provider.asked).toEqual([]);
});

test.each(['/v1/files', '/files/file-1/content', '/v1/batches', '/openai/files', '/v1/vector_stores/a/files'])(
  '%s is not served, and the error says why',
  async (path) => {
    const response = await fetch(rig.url + path, { headers: { 'api-key': MASTER_KEY } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.stringContaining('share one key of the provider') },
    });
  },
);

test('a provider that refuses the key is named to the caller, and nothing of its words or the key is', async () => {
  const refusing = await startProvider((_, response) =>
    sendJson(response, 401, { error: { message: 'Incorrect API key provided: key-of-MINE_KEY, org-123' } }),
  );
  const other = await startRig({
    definition: { providers: { 'team-a': { baseUrl: refusing.url, secret: 'MINE_KEY' } } },
  });
  const response = await other.post({ model: 'team-a/m', messages });
  const text = await response.text();
  await other.close();
  await refusing.close();
  expect(JSON.parse(text).error.message).toBe("The provider 'team-a' refused the key or the rights of this gateway.");
  expect(text).not.toMatch(/key-of|org-123|Incorrect/);
});
