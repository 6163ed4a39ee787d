import { expect, test } from 'vitest';
import { streamText } from './answer.ts';
import { chat, post, streamingChat } from './calls.ts';
import { useStage } from './setup.ts';
import { masterKey, providerKey } from './stage.ts';

const stage = useStage();

test('health answers without a key and without the provider', async () => {
  const answer = await stage.ask({ path: '/health' });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toMatchObject({ status: 'ok' });
  expect(stage.provider.requests).toHaveLength(0);
});

test('an answer without a body has its status and headers all the same', async () => {
  const answer = await stage.ask({ method: 'HEAD', path: '/health' });
  expect(answer.status).toBe(200);
  expect(answer.headers).toHaveProperty('content-type');
  expect(answer.text).toBe('');
});

test("a chat is answered with the provider's reply; the provider is sent its own key, never the caller's", async () => {
  const answer = await stage.ask(chat('demo'));
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  const reply = JSON.parse(answer.text) as { choices: { message: { content: string } }[]; usage: object };
  expect(reply.choices[0]?.message.content).toBe('5 characters heard');
  expect(reply.usage).toMatchObject({ prompt_tokens: 1117, completion_tokens: 733 });
  expect(stage.provider.requests.at(-1)?.headers.authorization).toBe(`Bearer ${providerKey}`);
});

test('a model that has no alias goes to the provider that its name begins with', async () => {
  const answer = await stage.ask(chat('mock/demo-model'));
  expect(answer.status).toBe(200);
  expect(stage.provider.requests.at(-1)?.body.model).toBe('demo-model');
});

test('models are listed with what was known of them when the function was built', async () => {
  const answer = await stage.ask({ path: '/v1/models', headers: { authorization: `Bearer ${masterKey}` } });
  expect(answer.status).toBe(200);
  const { data } = JSON.parse(answer.text) as { data: object[] };
  expect(data).toMatchObject([{ id: 'demo' }, { id: 'gpt-4o', display_name: 'GPT-4o', context_length: 128_000 }]);
  expect(data[0]).not.toHaveProperty('context_length');
});

test('a stream is answered with every piece of text and ends with [DONE]', async () => {
  const answer = await stage.ask(streamingChat('demo'));
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
  expect(streamText(answer.text)).toBe('one two three');
  expect(answer.text).toContain('"completion_tokens":733');
  expect(answer.text.trimEnd()).toMatch(/data: \[DONE\]$/);
});

test.each([
  ['a reply', chat('demo')],
  ['a stream', streamingChat('demo')],
  ['a refusal', chat('mock/refuse-400')],
  ['health', { path: '/health' }],
])('the headers of %s are single strings under lower-case names, without content-length', async (_, call) => {
  const { headers } = await stage.ask(call);
  expect(Object.keys(headers).length).toBeGreaterThan(0);
  expect(Object.keys(headers)).toEqual(Object.keys(headers).map((name) => name.toLowerCase()));
  expect(Object.values(headers).every((value) => typeof value === 'string')).toBe(true);
  expect(headers).not.toHaveProperty('content-length');
  expect(headers).not.toHaveProperty('transfer-encoding');
});

test('a body of nearly 6 MB reaches the provider whole', async () => {
  const content = 'Zürich '.repeat(700_000);
  const answer = await stage.ask(chat('demo', { messages: [{ role: 'user', content }] }));
  expect(answer.status).toBe(200);
  expect(stage.provider.requests.at(-1)?.body.messages[0]?.content === content).toBe(true);
});

test('a body that came as base64 is decoded', async () => {
  const call = chat('demo', { messages: [{ role: 'user', content: 'Grüße 🌊' }] });
  const body = Buffer.from(call.body ?? '').toString('base64');
  const answer = await stage.ask({ ...call, body, isBase64Encoded: true });
  expect(answer.status).toBe(200);
  expect(stage.provider.requests.at(-1)?.body.messages[0]?.content).toBe('Grüße 🌊');
});

test.each([
  ['no body', undefined],
  ['an empty body', ''],
  ['a body that is no JSON', '{"model":'],
  ['a body that is no object', '[]'],
])('%s is refused with 400 and an error in the form of OpenAI', async (_, body) => {
  const answer = await stage.ask(post(body));
  expect(answer.status).toBe(400);
  const { error } = JSON.parse(answer.text) as { error: object };
  expect(error).toMatchObject({ type: 'invalid_request_error', message: expect.stringMatching(/\w+/) });
  expect(error).toHaveProperty('param');
  expect(error).toHaveProperty('code');
});

test.each([
  ['no key', {}],
  ['a key that we did not issue', { authorization: 'Bearer sk-not-issued-by-us' }],
  ['two keys in one header', { authorization: 'Bearer sk-one, Bearer sk-two' }],
])('%s is refused with 401 and never reaches the provider', async (_, headers) => {
  const before = stage.provider.requests.length;
  const answer = await stage.ask({ ...chat('demo'), headers });
  expect(answer.status).toBe(401);
  expect(JSON.parse(answer.text)).toHaveProperty('error.message');
  expect(stage.provider.requests).toHaveLength(before);
});

test('the secrets are read once, not for each request', async () => {
  await stage.ask(chat('demo'));
  expect(new Set(stage.secrets.asked)).toEqual(new Set(['sluice/master', 'sluice/providers']));
  // A wrong key before may have had the master key read anew.
  const before = stage.secrets.asked.length;
  await stage.ask(chat('demo'));
  expect(stage.secrets.asked).toHaveLength(before);
});

test.each([
  ['an empty event', {}],
  ['no event', null],
  ['an event of a schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event' }],
])('%s is answered with 400 and ends no process', async (_, event) => {
  const before = await stage.ask({ path: '/health' });
  const answer = await stage.sandbox.invoke(event).ended;
  expect([answer.status, answer.pid]).toEqual([400, before.pid]);
  expect(JSON.parse(answer.text)).toMatchObject({ error: { type: 'invalid_request_error' } });
});
