import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSign } from '../../../shared/aws/sign.ts';
import { sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';
import { signatureOf } from './signature.ts';

/** Keys and groups with inference profiles of their own: made by the administration, asked at a Bedrock on loopback. */
let provider: TestProvider;
let rig: Rig;

const sonnet = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const titan = 'amazon.titan-embed-text-v2:0';
const arn = (name: string) => `arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/${name}`;
const messages = [{ role: 'user' as const, content: 'hello' }];

beforeAll(async () => {
  provider = await startProvider(({ path, body }, response) => {
    if (path.endsWith('/invoke')) return sendJson(response, 200, { embedding: [0.5], inputTextTokenCount: 3 });
    if (decodeURIComponent(path).includes('profile/gone')) {
      const message = `The provided inference profile ${arn('gone')} is invalid.`;
      return sendJson(response, 400, { message }, { 'x-amzn-errortype': 'ValidationException' });
    }
    if (path.endsWith('/messages')) return sendJson(response, 200, claudeReply(String(body.model)));
    const content = [{ text: 'Hello.' }];
    sendJson(response, 200, {
      output: { message: { role: 'assistant', content } },
      stopReason: 'end_turn',
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    });
  });
  const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });
  const parameters = { region: 'eu-west-1' };
  rig = await startRig({
    definition: {
      providers: {
        bedrock: { baseUrl: provider.url, parameters },
        messages: { preset: 'bedrock', dialect: 'anthropic', baseUrl: provider.url, parameters },
        open: { baseUrl: provider.url, auth: 'none' },
      },
      models: { claude: `bedrock/${sonnet}`, vectors: `bedrock/${titan}` },
    },
    ports: ({ time }) => ({ sign: createSign(time, credentials) }),
  });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

const claudeReply = (model: string) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model,
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
});

async function administer(path: string, body: object, method = 'POST'): Promise<{ id: string; key: string }> {
  const headers = { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' };
  const response = await fetch(`${rig.url}/admin/v1${path}`, { method, headers, body: JSON.stringify(body) });
  expect([200, 201]).toContain(response.status);
  return (await response.json()) as { id: string; key: string };
}
const makeKey = (fields: object) => administer('/keys', { name: 'ci', ...fields });
const openai = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${rig.url}/v1`, maxRetries: 0 });
const chat = (apiKey: string, body: object = {}) =>
  openai(apiKey).chat.completions.create({ model: 'claude', messages, ...body });
const lastAsked = () => provider.asked.at(-1)!;

describe('an inference profile of a key', () => {
  test('is asked in the path, encoded once and signed so, and the record names the model behind it', async () => {
    const { key, id } = await makeKey({ inferenceProfiles: { [`bedrock/${sonnet}`]: arn('a1') } });
    const before = rig.requests.length;
    expect((await chat(key)).choices[0]?.message.content).toBe('Hello.');
    expect(lastAsked().path).toBe(`/model/${encodeURIComponent(arn('a1'))}/converse`);
    const { path, headers, text } = lastAsked();
    const [, names, signature] = /SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '')!;
    expect(signature).toBe(
      signatureOf({
        canonicalPath: path.split('/').map(encodeURIComponent).join('/'),
        headers: Object.fromEntries(names!.split(';').map((name) => [name, String(headers[name])])),
        body: Buffer.from(text),
        time: String(headers['x-amz-date']),
        region: 'eu-west-1',
        service: 'bedrock',
        secret: 'secret',
      }),
    );
    await expect.poll(() => rig.requests.length).toBe(before + 1);
    expect(rig.requests.at(-1)).toMatchObject({ caller: id, model: sonnet, attempts: [{ model: sonnet }] });
  });

  test('leaves known what the model behind it takes', async () => {
    const { key } = await makeKey({ inferenceProfiles: { [`bedrock/${sonnet}`]: arn('a1') } });
    await chat(key, { reasoning_effort: 'high' });
    const withProfile = lastAsked().body;
    const { key: plain } = await makeKey({});
    await chat(plain, { reasoning_effort: 'high' });
    expect(lastAsked().path).toBe(`/model/${encodeURIComponent(sonnet)}/converse`);
    expect(withProfile).toEqual(lastAsked().body);
    expect(withProfile).toHaveProperty('additionalModelRequestFields.thinking');
  });

  test('holds for embeddings, whose form the model behind it decides', async () => {
    const { key } = await makeKey({ inferenceProfiles: { [`bedrock/${titan}`]: arn('v1') } });
    const { data } = await openai(key).embeddings.create({ model: 'vectors', input: 'hi', encoding_format: 'float' });
    expect(data[0]?.embedding).toEqual([0.5]);
    expect(lastAsked()).toMatchObject({
      path: `/model/${encodeURIComponent(arn('v1'))}/invoke`,
      body: { inputText: 'hi' },
    });
  });

  test('holds where the model is in the body, on the road where bytes pass', async () => {
    const model = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
    const { key } = await makeKey({ inferenceProfiles: { [`messages/${model}`]: arn('m1') } });
    const client = new Anthropic({ apiKey: key, baseURL: rig.url, maxRetries: 0 });
    await client.messages.create({ model: `messages/${model}`, max_tokens: 9, messages });
    expect(lastAsked().body.model).toBe(arn('m1'));
  });

  test('is for its model alone', async () => {
    const { key } = await makeKey({ inferenceProfiles: { 'bedrock/other': arn('a1'), [`open/${sonnet}`]: arn('a1') } });
    await chat(key);
    expect(lastAsked().path).toBe(`/model/${encodeURIComponent(sonnet)}/converse`);
  });

  test('is not shown to callers by an error that names it', async () => {
    const { key } = await makeKey({ inferenceProfiles: { [`bedrock/${sonnet}`]: arn('gone') } });
    const error = await chat(key).then(
      () => expect.fail('it was answered'),
      (thrown: InstanceType<typeof OpenAI.APIError>) => thrown,
    );
    expect(error.status).toBe(400);
    expect(JSON.stringify([error.message, error.error])).not.toContain('123456789012');
  });

  test('leads nowhere else, whatever it is called', async () => {
    for (const profile of ['..', '../../model/x/converse', 'a?b#c', 'a%2f..%2fb']) {
      const { key } = await makeKey({ inferenceProfiles: { [`bedrock/${sonnet}`]: profile } });
      const asked = provider.asked.length;
      await chat(key).catch((thrown) => expect(thrown.status).toBe(404));
      for (const { path } of provider.asked.slice(asked))
        expect(path).toBe(`/model/${encodeURIComponent(profile)}/converse`);
    }
  });
});

test('the profile of a key stands before that of its group, and that before the organisation’s', async () => {
  const named = (name: string) => ({ inferenceProfiles: { [`bedrock/${sonnet}`]: arn(name) } });
  await administer('/groups', { id: 'team', name: 'Team', ...named('team') });
  await administer('/groups', { id: 'organization', name: 'All', ...named('all') });
  const { key, id } = await makeKey({ group: 'team', ...named('own') });
  const asked = async () => {
    await chat(key);
    return decodeURIComponent(lastAsked().path).match(/profile\/(\w+)/)?.[1];
  };
  expect(await asked()).toBe('own');
  await administer(`/keys/${id}`, { inferenceProfiles: null }, 'PATCH');
  expect(await asked()).toBe('team');
  await administer('/groups/team', { inferenceProfiles: null }, 'PATCH');
  expect(await asked()).toBe('all');
  await administer('/groups/organization', { inferenceProfiles: null }, 'PATCH');
  expect(await asked()).toBeUndefined();
});

test('an own key takes the place of the gateway’s signature, beside a profile or without one', async () => {
  const { key } = await makeKey({ providerKeys: { bedrock: 'AWS_BEARER_TOKEN_BEDROCK_TEAM' } });
  await chat(key);
  expect(lastAsked().headers.authorization).toBe('Bearer key-of-AWS_BEARER_TOKEN_BEDROCK_TEAM');
  expect(lastAsked().headers).not.toHaveProperty('x-amz-date');
});
