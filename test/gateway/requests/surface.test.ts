import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completion, sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { MASTER_KEY, type Rig, startRig } from '../../support/rig.ts';

/** Paths, methods, health, CORS, sizes: the gateway as any HTTP client meets it. */
let provider: TestProvider;
let rig: Rig;
let open: Rig;

beforeAll(async () => {
  provider = await startProvider((_, response) => sendJson(response, 200, completion('ok')));
  const providers = { mock: { baseUrl: provider.url, auth: 'none' } };
  rig = await startRig({
    definition: { providers, models: { demo: 'mock/demo' }, limits: { bodyBytes: 100_000 } },
  });
  open = await startRig({ definition: { providers, cors: { origins: ['https://app.example.com'] } } });
});
afterAll(async () => {
  await Promise.all([rig.close(), open.close()]);
  await provider.close();
});

const auth = { authorization: `Bearer ${MASTER_KEY}` };
const call = (path: string, init: RequestInit = {}) => fetch(rig.url + path, init);

describe('paths and methods', () => {
  test.each(['/', '/health', '/health/ready', '/health/'])('GET %s needs no key', async (path) => {
    expect((await call(path)).status).toBe(200);
  });

  test.each(['/v1/models', '/models', '/v1/models/demo', '/v1/models/mock%2Fa%2Fb'])(
    'GET %s needs a key',
    async (path) => {
      expect((await call(path)).status).toBe(401);
      expect((await call(path, { headers: auth })).status).toBe(200);
    },
  );

  test('HEAD is GET without the body', async () => {
    const response = await call('/health', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect((await call('/v1/chat/completions', { method: 'HEAD' })).status).toBe(405);
  });

  test('OPTIONS says what may be done', async () => {
    const response = await call('/v1/chat/completions', { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('POST, OPTIONS');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test.each<[string, string, number]>([
    ['GET', '/v1/nothing', 404],
    ['POST', '/v1/models', 405],
    ['GET', '/v1/chat/completions', 405],
    ['DELETE', '/health', 405],
    ['GET', '/v1/models/%E0%A4%A', 400],
    ['GET', '/__proto__', 404],
  ])('%s %s is %d in the envelope', async (method, path, status) => {
    const response = await call(path, { method, headers: auth });
    expect(response.status).toBe(status);
    expect(Object.keys(((await response.json()) as { error: object }).error)).toEqual([
      'message',
      'type',
      'param',
      'code',
    ]);
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    if (status === 405) expect(response.headers.get('allow')).toMatch(/^(?:GET, HEAD|POST), OPTIONS$/);
  });

  test('another content type than JSON is refused with 415', async () => {
    const body = { model: 'mock/m', messages: [{ role: 'user', content: 'x' }] };
    expect((await rig.post(body, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await rig.post(body, { 'content-type': 'application/json; charset=utf-8' })).status).toBe(200);
  });
});

describe('#67 a body that is too large', () => {
  test('is refused with 413 in the envelope by its announced length', async () => {
    const response = await rig.post('x'.repeat(100_001));
    expect(response.status).toBe(413);
    expect(((await response.json()) as { error: { code: string } }).error.code).toBe('request_too_large');
  });

  test('is refused with 413 when its length is not announced, and its connection is not used again', async () => {
    const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
    const headers = { ...auth, 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const request = http.request(`${rig.url}/v1/chat/completions`, { method: 'POST', headers }, resolve);
    request.on('error', reject);
    for (let n = 0; n < 20; n += 1) request.write('x'.repeat(10_000));
    const response = await promise;
    expect(response.statusCode).toBe(413);
    expect(response.headers.connection).toBe('close');
    request.destroy();
  });
});

describe('health', () => {
  test('names each part with its state and its time, and is 503 when one fails', async () => {
    const ready = (await (await call('/health/ready')).json()) as {
      status: string;
      checks: Record<string, { state: string; ms: number }>;
    };
    expect(ready.status).toBe('ready');
    expect(Object.keys(ready.checks)).toEqual(['table', 'secrets']);
    expect(ready.checks.table).toEqual({ state: 'ok', ms: expect.any(Number) });
    const other = await startRig({
      definition: { providers: { mock: { baseUrl: provider.url, auth: 'none' } } },
      ports: ({ checks }) => ({ checks: { ...checks, table: () => Promise.reject(new Error('away')) } }),
    });
    const response = await fetch(`${other.url}/health/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'not ready',
      checks: { table: { state: 'failed' }, secrets: { state: 'ok' } },
    });
    expect((await fetch(`${other.url}/health`)).status).toBe(200);
    await other.close();
  });
});

describe('a browser', () => {
  test('of an allowed origin may call, of another may not', async () => {
    const preflight = await fetch(`${open.url}/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.com', 'access-control-request-headers': 'authorization,content-type' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
    const refused = await fetch(`${open.url}/v1/models`, { headers: { ...auth, origin: 'https://evil.example.com' } });
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    const error = await fetch(`${open.url}/v1/models`, { headers: { origin: 'https://app.example.com' } });
    expect(error.status).toBe(401);
    expect(error.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
  });
});
