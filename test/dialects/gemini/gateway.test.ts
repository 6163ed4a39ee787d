import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Asked, startProvider, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';
import { last, PNG, sse, twoCalls } from './wire.ts';

/** The whole gateway between OpenAI's own SDK and a server that speaks Gemini, over sockets. */
let rig: Rig;
let provider: TestProvider;
let answer: { status?: number; body: object | object[] };

beforeAll(async () => {
  provider = await startProvider(({ path }: Asked, response) => {
    if (path === '/cat.png') return void response.end(Buffer.from(PNG, 'base64'));
    const { status = 200, body } = answer;
    response.writeHead(status, { 'content-type': Array.isArray(body) ? 'text/event-stream' : 'application/json' });
    response.end(Array.isArray(body) ? sse(...body) : JSON.stringify(body));
  });
  rig = await startRig({
    definition: {
      providers: { gemini: { baseUrl: `${provider.url}/v1beta` } },
      models: { fast: 'gemini/gemini-3-flash' },
      media: { trustedHosts: [new URL(provider.url).host] },
    },
  });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});
beforeEach(() => void provider.asked.splice(0));

const question = { role: 'user', content: 'Weather in Paris and Rome?' } as const;
const weather = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: {} } },
} as const;

test('#79 a caller who sends the message back as it came sends the signature back too', async () => {
  answer = { body: last([{ functionCall: { name: 'weather', id: 'fc-1', args: {} }, thoughtSignature: 'c2VhbA==' }]) };
  const { choices } = await rig.openai.chat.completions.create({
    model: 'fast',
    messages: [question],
    tools: [weather],
  });
  const { message, finish_reason: finish } = choices[0]!;
  expect(finish).toBe('tool_calls');
  const result = { role: 'tool', tool_call_id: message.tool_calls![0]!.id, content: 'sun' } as const;
  answer = { body: last([{ text: 'Sun.' }]) };
  const messages = [question, message, result];
  await rig.openai.chat.completions.create({ model: 'fast', messages, tools: [weather] });
  const [, model, tool] = provider.asked[1]!.body.contents as { parts: object[] }[];
  expect(model?.parts).toEqual([
    { thoughtSignature: 'c2VhbA==', functionCall: { id: 'fc-1', name: 'weather', args: {} } },
  ]);
  expect(tool?.parts).toEqual([{ functionResponse: { id: 'fc-1', name: 'weather', response: { output: 'sun' } } }]);
});

test('a stream reaches the caller as OpenAI’s, with the counts Gemini sent', async () => {
  answer = { body: twoCalls };
  const stream = rig.openai.chat.completions.stream({
    model: 'fast',
    messages: [question],
    tools: [weather],
    stream_options: { include_usage: true },
  });
  const { choices, usage } = await stream.finalChatCompletion();
  expect(choices[0]?.message.tool_calls?.map((call) => call.type === 'function' && call.function.arguments)).toEqual([
    '{"city":"Paris"}',
    '{"city":"Rome"}',
  ]);
  expect(usage).toMatchObject({
    prompt_tokens: 40,
    completion_tokens: 42,
    prompt_tokens_details: { cached_tokens: 32 },
    completion_tokens_details: { reasoning_tokens: 30 },
  });
  const [asked] = provider.asked;
  expect(asked?.path).toBe('/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse');
  expect(asked?.headers['x-goog-api-key']).toBe('key-of-GEMINI_API_KEY');
});

test('#38 a blocked prompt ends in content_filter with nothing said', async () => {
  answer = { body: { promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 4 } } };
  const { choices } = await rig.openai.chat.completions.create({ model: 'fast', messages: [question] });
  expect(choices[0]).toMatchObject({ finish_reason: 'content_filter', message: { content: null } });
});

test('#33 the time to wait, which Gemini gives in the body, reaches the caller as a header', async () => {
  const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }];
  answer = { status: 429, body: { error: { code: 429, message: 'quota', status: 'RESOURCE_EXHAUSTED', details } } };
  const response = await rig.post({ model: 'fast', messages: [question] });
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '34']);
});

test('#62 an image by address goes to Gemini as bytes', async () => {
  answer = { body: last([{ text: 'A cat.' }]) };
  // The guarded fetch asks with GET; the script answers it with the picture.
  const content = [{ type: 'image_url', image_url: { url: `${provider.url}/cat.png` } }] as const;
  await rig.openai.chat.completions.create({ model: 'fast', messages: [{ role: 'user', content: [...content] }] });
  const [user] = provider.asked.at(-1)!.body.contents as { parts: object[] }[];
  expect(user?.parts).toEqual([{ inlineData: { mimeType: 'image/png', data: PNG } }]);
});

test('what Gemini has no field for is named in the answer', async () => {
  answer = { body: last([{ text: 'Hi' }]) };
  const response = await rig.post({ model: 'fast', messages: [question], logit_bias: { 1: 5 }, user: 'u1' });
  expect(response.headers.get('x-sluice-dropped')?.split(/,\s*/).sort()).toEqual(['logit_bias', 'user']);
});
