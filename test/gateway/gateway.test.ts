import { expect, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { DIRECT_KEY, openDirect } from '../support/direct.ts';

const body = { model: 'p/m', messages: [{ role: 'user', content: 'hi' }] };
const path = '/v1/chat/completions';

test('each request has an id of its own, in its headers and its record', async () => {
  const { call, records } = openDirect();
  const answers = [await call(path, { body }), await call(path, { body })];
  const ids = answers.map(({ headers }) => headers['x-request-id']);
  expect(ids).toEqual(answers.map(({ headers }) => headers['request-id']));
  expect(records.map(({ requestId }) => requestId)).toEqual(ids);
  expect(new Set(ids).size).toBe(2);
});

test('a request that is refused for its key has no account and no record', async () => {
  const { call, records, asked } = openDirect();
  const { status } = await call(path, { body, headers: { authorization: 'Bearer wrong' } });
  expect([status, records, asked]).toEqual([401, [], []]);
});

test('a request whose body makes no sense is recorded, and no provider is asked', async () => {
  const { call, records, asked } = openDirect();
  expect((await call(path, { body: '{"model":' })).status).toBe(400);
  expect(records).toMatchObject([{ status: 400, error: 'invalid_request', askedModel: '' }]);
  expect(asked).toEqual([]);
});

test('a method that is not taken is refused with those that are, before the key is looked at', async () => {
  const { status, headers } = await openDirect().call(path, { method: 'GET', headers: { authorization: '' } });
  expect([status, headers.allow]).toEqual([405, 'POST, OPTIONS']);
});

test('an unknown path is refused in the dialect that its headers speak', async () => {
  const { call } = openDirect();
  const [openai, anthropic] = [
    await call('/v1/nothing'),
    await call('/v1/nothing', { headers: { 'anthropic-version': '2023-06-01' } }),
  ];
  expect(JSON.parse(openai.text)).toHaveProperty('error.message');
  expect(JSON.parse(anthropic.text)).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
});

test('a bug is a 500 that shows nothing of itself, with its cause in the log and a record', async () => {
  const { call, logged, records } = openDirect({
    ports: () => ({ providerKey: () => Promise.reject(new TypeError('secret cause')) }),
    definition: { providers: { p: { baseUrl: 'http://127.0.0.1:9/v1', secret: 'MINE' } } },
  });
  const { status, text } = await call(path, { body });
  expect(status).toBe(500);
  expect(text).not.toContain('secret cause');
  expect(logged).toContainEqual({ level: 'error', message: 'a request failed inside the gateway' });
  expect(records).toMatchObject([{ status: 500, error: 'internal' }]);
});

test('HEAD is answered like GET without its body', async () => {
  const { call } = openDirect();
  const [get, head] = [await call('/health', { method: 'GET' }), await call('/health', { method: 'HEAD' })];
  expect([head.status, head.headers['content-type'], head.text]).toEqual([200, get.headers['content-type'], '']);
});

test('OPTIONS says what is taken, and grants a browser of an allowed origin what it asks for', async () => {
  const origin = 'https://app.example.com';
  const providers = { p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } };
  const plain = await openDirect().call(path, { method: 'OPTIONS', headers: { origin } });
  expect([plain.status, plain.headers.allow]).toEqual([204, 'POST, OPTIONS']);
  expect(plain.headers).not.toHaveProperty('access-control-allow-methods');
  const granted = await openDirect({ definition: { providers, cors: { origins: [origin] } } }).call(path, {
    method: 'OPTIONS',
    headers: { origin },
  });
  expect(granted.headers).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST',
  });
});

test('a request leaves no timer behind, however it ended', async () => {
  const { call, time } = openDirect({ reply: () => ({ status: 500, json: {} }) });
  await call(path, { body });
  await call('/v1/models', { method: 'GET' });
  await call('/nowhere');
  expect(time.pending()).toBe(0);
});

test('a caller who leaves while the provider is silent is recorded as 499', async () => {
  const leaving = new AbortController();
  const { call, time, records } = openDirect({
    reply: async (_, { sleep }) => {
      await sleep(50);
      return { refusal: new GatewayError('caller_left', 'The caller left.') };
    },
  });
  const answering = call(path, { body, signal: leaving.signal, headers: { authorization: `Bearer ${DIRECT_KEY}` } });
  await time.advance(10);
  leaving.abort();
  await time.advance(50);
  await answering;
  expect(records).toMatchObject([{ status: 499, error: 'caller_left' }]);
});

test('what a caller’s header brings into an answer leaves in visible ASCII', async () => {
  const { call } = openDirect({
    definition: { providers: { p: { preset: 'openai', auth: 'none' } }, cors: { origins: ['*'] } },
  });
  const headers = { origin: 'https://app.example', 'access-control-request-headers': 'x-caf\u00e9, x-a\r\nx-evil: 1' };
  const answer = await call(path, { method: 'OPTIONS', headers });
  expect(answer.headers['access-control-allow-headers']).toBe('x-caf%C3%A9, x-a%0D%0Ax-evil: 1');
});
