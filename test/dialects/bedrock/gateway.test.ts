import { LLMock } from '@copilotkit/aimock';
import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSign } from '../../../shared/aws/sign.ts';
import { sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';
import { eventFrame, exceptionFrame } from './frames.ts';
import { signatureOf } from './signature.ts';

/** OpenAI's SDK in front; behind, aimock's Converse and a Bedrock of scripted bytes. */
const mock = new LLMock({ port: 0 });
let bytes: TestProvider;
let rig: Rig;

const weather = {
  type: 'function',
  function: { name: 'get.weather', parameters: { type: 'object', properties: {} } },
} as const;

const text = (words: string): Buffer =>
  eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: words } });
const streams: Record<string, Buffer[]> = {
  broken: [eventFrame('messageStart', { role: 'assistant' }), text('Hel'), text('lo').subarray(0, 30)],
  exception: [
    eventFrame('messageStart', { role: 'assistant' }),
    text('Hel'),
    exceptionFrame('throttlingException', 'Slow down.'),
  ],
  early: [exceptionFrame('serviceUnavailableException', 'Not now.')],
  empty: [],
};

beforeAll(async () => {
  mock.onMessage('hello', { content: 'Hello from Converse, 世界 🌍', usage: { input_tokens: 21, output_tokens: 9 } });
  mock.onMessage('weather', {
    toolCalls: [
      { name: 'weather', arguments: '{"city":"Paris"}', id: 'tooluse_1' },
      { name: 'weather', arguments: '{"city":"Rome"}', id: 'tooluse_2' },
    ],
  });
  mock.onMessage('think', { content: 'Yes.', reasoning: 'Let me see.' });
  mock.onMessage('busy', { error: { message: 'Too many requests', type: 'ThrottlingException' }, status: 429 });
  await mock.start();
  bytes = await startProvider((asked, response) => {
    const model = decodeURIComponent(asked.path.split('/')[2]!);
    if (model === 'denied') {
      const message = 'The security token included in the request is invalid: AKIAIOSFODNN7EXAMPLE';
      return sendJson(response, 403, { message }, { 'x-amzn-errortype': 'UnrecognizedClientException' });
    }
    if (model === 'throttled') {
      const headers = { 'x-amzn-errortype': 'ThrottlingException', 'retry-after': '7' };
      return sendJson(response, 429, { message: 'Too many requests' }, headers);
    }
    if (model === 'unknown') {
      const message = 'The provided model identifier is invalid.';
      return sendJson(response, 400, { message }, { 'x-amzn-errortype': 'ValidationException' });
    }
    if (model === 'failing')
      return sendJson(response, 500, { message: 'oops' }, { 'x-amzn-errortype': 'InternalServerException' });
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    for (const piece of streams[model] ?? []) response.write(piece);
    response.end();
  });
  const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' });
  rig = await startRig({
    definition: {
      providers: {
        bedrock: { baseUrl: mock.url, parameters: { region: 'eu-west-1' } },
        bytes: { preset: 'bedrock', baseUrl: bytes.url, parameters: { region: 'eu-west-1' } },
        keyed: { preset: 'bedrock', baseUrl: bytes.url, auth: 'bearer' },
      },
      models: { claude: 'bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0' },
    },
    ports: ({ time }) => ({ sign: createSign(time, credentials) }),
  });
});

afterAll(async () => {
  await rig.close();
  await bytes.close();
  await mock.stop();
});

const ask = (content: string, more: object = {}, model = 'claude') =>
  rig.openai.chat.completions.create({
    model,
    messages: [{ role: 'user', content }],
    ...more,
  } as OpenAI.ChatCompletionCreateParamsNonStreaming);

async function stream(content: string, more: object = {}, model = 'claude') {
  const runner = rig.openai.chat.completions.stream({
    model,
    messages: [{ role: 'user', content }],
    stream_options: { include_usage: true },
    ...more,
  });
  return runner.finalChatCompletion();
}

describe('Bedrock behind the gateway', () => {
  test('a text, whole and streamed, is the same, with the token counts of Converse', async () => {
    const [whole, streamed] = [await ask('hello'), await stream('hello')];
    for (const reply of [whole, streamed]) {
      expect(reply.choices[0]?.message.content).toBe('Hello from Converse, 世界 🌍');
      expect(reply.choices[0]?.finish_reason).toBe('stop');
      expect(reply.usage).toMatchObject({ prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 });
    }
  });

  test('parallel calls, whole and streamed, come in order', async () => {
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }];
    const [whole, streamed] = [await ask('weather', { tools }), await stream('weather', { tools })];
    for (const { choices } of [whole, streamed]) {
      expect(choices[0]?.finish_reason).toBe('tool_calls');
      expect(choices[0]?.message.tool_calls).toMatchObject([
        { id: 'tooluse_1', function: { name: 'weather', arguments: '{"city":"Paris"}' } },
        { id: 'tooluse_2', function: { name: 'weather', arguments: '{"city":"Rome"}' } },
      ]);
    }
  });

  test('thinking, whole and streamed, reaches the caller', async () => {
    const whole = await ask('think');
    expect(whole.choices[0]?.message).toMatchObject({ content: 'Yes.', reasoning_content: 'Let me see.' });
    expect(
      JSON.stringify(
        await rig
          .post({ model: 'claude', stream: true, messages: [{ role: 'user', content: 'think' }] })
          .then((reply) => reply.text()),
      ),
    ).toContain('Let me');
  });

  test('calls and results of the history go back, by an id that Bedrock takes', async () => {
    const reply = await rig.openai.chat.completions.create({
      model: 'claude',
      messages: [
        { role: 'user', content: 'hello' },
        {
          role: 'assistant',
          tool_calls: [
            { id: 'functions.x:0', type: 'function', function: { name: 'get.weather', arguments: '{"n":1}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'functions.x:0', content: 'rain' },
        { role: 'user', content: 'hello again' },
      ],
      tools: [weather],
    });
    expect(reply.choices[0]?.message.content).toContain('Hello from Converse');
    const { path, body } = mock.getRequests().at(-1)!;
    expect(path).toBe('/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse');
    // As aimock read it out of Converse's words, in its own.
    expect(body).toMatchObject({
      messages: [
        { role: 'user' },
        { role: 'assistant', tool_calls: [{ function: { arguments: '{"n":1}' } }] },
        { role: 'tool', content: 'rain', tool_call_id: expect.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/) },
        { role: 'user', content: 'hello again' },
      ],
    });
  });

  test("a call is signed with the function's own role, so that the signature holds for what came over the wire", async () => {
    const arn = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc';
    await rig.post({ model: `bytes/${arn}`, stream: true, messages: [{ role: 'user', content: 'Grüße 🌍' }] });
    const { path, headers, text: body } = bytes.asked.at(-1)!;
    const names = /SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '')!;
    expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/bedrock\//);
    const signed = Object.fromEntries(names[1]!.split(';').map((name) => [name, String(headers[name])]));
    expect(Object.keys(signed)).toEqual(expect.arrayContaining(['host', 'x-amz-date', 'x-amz-security-token']));
    const signature = signatureOf({
      canonicalPath: path.split('/').map(encodeURIComponent).join('/'),
      headers: signed,
      body: Buffer.from(body),
      time: String(headers['x-amz-date']),
      region: 'eu-west-1',
      service: 'bedrock',
      secret: 'secret',
    });
    expect(path).toBe(`/model/${encodeURIComponent(arn)}/converse-stream`);
    expect(names[2]).toBe(signature);
  });

  test('#34 a 429 of Bedrock is a 429 here, with the time to wait', async () => {
    await expect(ask('busy')).rejects.toMatchObject({ status: 429 });
    const refused = await rig.post({ model: 'bytes/throttled', messages: [{ role: 'user', content: 'Hi' }] });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await refused.json()).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
  });

  test.each([
    ['unknown', 404, 'model_not_found'],
    ['denied', 400, 'upstream_auth'],
    ['failing', 502, null],
  ])('a refusal (%s) is answered with %i', async (model, status, code) => {
    const refused = await rig.post({ model: `bytes/${model}`, messages: [{ role: 'user', content: 'Hi' }] });
    const given = await refused.text();
    expect(refused.status).toBe(status);
    expect(JSON.parse(given).error.code).toBe(code);
    expect(given).not.toContain('AKIA');
  });

  test.each(['early', 'empty'])('#8 a stream that says nothing (%s) is an error with a status', async (model) => {
    const refused = await rig.post({
      model: `bytes/${model}`,
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    });
    expect(refused.status).toBe(model === 'early' ? 503 : 502);
  });

  test.each([
    ['broken', 'server_error'],
    ['exception', 'requests'],
  ])('#8 #30 a stream that breaks (%s) ends in an error event, without an end that looks well', async (model, type) => {
    const reply = await rig.post({
      model: `bytes/${model}`,
      stream: true,
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const given = await reply.text();
    expect(reply.status).toBe(200);
    expect(given).toContain('"content":"Hel"');
    expect(given).not.toContain('[DONE]');
    const events = given.split('\n\n').filter((event) => event.startsWith('data: '));
    expect(JSON.parse(events.at(-1)!.slice(6)).error.type).toBe(type);
  });

  test('with a key of Bedrock the key is sent and nothing is signed', async () => {
    await rig.post({ model: 'keyed/unknown', messages: [{ role: 'user', content: 'Hi' }] });
    const { headers } = bytes.asked.at(-1)!;
    expect(headers.authorization).toBe('Bearer key-of-AWS_BEARER_TOKEN_BEDROCK');
    expect(headers['x-amz-date']).toBeUndefined();
  });

  test('a stream is asked for as binary events, in the words of Converse', async () => {
    await rig.post({ model: 'bytes/empty', stream: true, messages: [{ role: 'user', content: 'Hi' }] });
    const { headers, path, body } = bytes.asked.at(-1)!;
    expect([headers.accept, path]).toEqual(['application/vnd.amazon.eventstream', '/model/empty/converse-stream']);
    expect(body).toEqual({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] });
  });
});
