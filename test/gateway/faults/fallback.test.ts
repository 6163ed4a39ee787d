import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  chunk,
  completion,
  sendJson,
  sleep,
  startProvider,
  startStream,
  type TestProvider,
  textStream,
} from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** Several providers for one model, and what is reported when none of them can. */
let bad: TestProvider;
let good: TestProvider;
let rig: Rig;
let healed = 0;

const html = '<!DOCTYPE html><html><body>502 Bad Gateway nginx</body></html>';

beforeAll(async () => {
  bad = await startProvider(async ({ body }, response) => {
    const how = String(body.model);
    const status = Number(how.replace('status-', ''));
    if (Number.isInteger(status)) {
      const headers = status === 429 ? { 'retry-after': '7' } : {};
      return sendJson(
        response,
        status,
        { error: { message: `no: ${status} sk-live-abcdefghijklmn`, type: 'x', code: 'c' } },
        headers as never,
      );
    }
    if (how === 'html') return sendJson(response, 502, html, { 'content-type': 'text/html' });
    if (how === 'array')
      return sendJson(response, 400, [{ error: { code: 400, message: 'from an array', status: 'INVALID_ARGUMENT' } }]);
    if (how === 'detail')
      return sendJson(response, 422, { detail: [{ loc: ['body'], msg: 'extra fields not permitted' }] });
    if (how === 'bare') return sendJson(response, 400, 'just words');
    if (how === 'within') return sendJson(response, 200, { error: { message: 'inside a 200', code: 503 } });
    if (how === 'base_resp')
      return sendJson(response, 200, { base_resp: { status_code: 1004, status_msg: 'login fail' } });
    if (how === 'not-json') return sendJson(response, 200, html);
    if (how === 'json-for-stream') return sendJson(response, 200, completion('in one piece'));
    if (how === 'hang-up') return void response.destroy();
    if (how === 'silent') return;
    startStream(response);
    if (how === 'empty') return void response.end();
    if (how === 'error-first') return void response.end('data: {"error":{"message":"overloaded","code":529}}\n\n');
    response.write(chunk({ role: 'assistant', content: 'Once' }));
    await sleep(20);
    if (how === 'dies') response.destroy();
    if (how === 'stalls') await sleep(5000);
  });
  good = await startProvider(({ body }, response) => {
    if (body.model === 'flaky') {
      healed += 1;
      if (healed % 2 === 1) return sendJson(response, 503, { error: { message: 'busy' } });
    }
    if (body.stream !== true) return sendJson(response, 200, completion('good'));
    startStream(response);
    response.end(textStream(['good'], true).join(''));
  });
  const hows = ['401', '403', '404', '408', '429', '500', '502', '503', '529'].map((status) => `status-${status}`);
  const others = ['html', 'within', 'base_resp', 'not-json', 'hang-up', 'silent', 'empty', 'error-first'];
  const models = Object.fromEntries([...hows, ...others].map((how) => [`via-${how}`, [`bad/${how}`, 'good/m']]));
  rig = await startRig({
    definition: {
      providers: {
        bad: { baseUrl: bad.url, secret: 'BAD_KEY', timeouts: { firstEventMs: 300, idleMs: 300, totalMs: 700 } },
        good: { baseUrl: good.url, auth: 'none' },
        gone: { baseUrl: 'http://127.0.0.1:9', auth: 'none' },
        keyless: { baseUrl: good.url, secret: 'MISSING_KEY' },
      },
      models: {
        ...models,
        'via-gone': ['gone/m', 'good/m'],
        'via-keyless': ['keyless/m', 'good/m'],
        'only-bad': ['bad/status-429', 'bad/status-500'],
      },
    },
    env: { MISSING_KEY: '' },
  });
});
afterAll(async () => {
  await rig.close();
  await Promise.all([bad.close(), good.close()]);
});

const messages = [{ role: 'user', content: 'x' }];
const ask = (model: string, stream = false) => rig.post({ model, messages, stream });

describe('another target is asked', () => {
  const wholes = ['401', '403', '404', '408', '429', '500', '502', '503', '529'].map((status) => `status-${status}`);
  test.each([...wholes, 'html', 'within', 'base_resp', 'not-json', 'hang-up', 'gone', 'keyless'])(
    'when the first answers: %s',
    async (how) => {
      const response = await ask(`via-${how}`);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('"content":"good"');
      await expect
        .poll(() => rig.requests.at(-1))
        .toMatchObject({
          askedModel: `via-${how}`,
          provider: 'good',
          attempts: [{ error: expect.any(String) }, { provider: 'good' }],
          status: 200,
        });
    },
  );

  test.each(['silent', 'empty', 'error-first', 'hang-up', 'within'])('when a stream begins with: %s', async (how) => {
    const response = await ask(`via-${how}`, true);
    const text = await response.text();
    expect(text).toContain('"content":"good"');
    expect(text).toContain('[DONE]');
  });

  test('but not after a 400: the request itself is at fault', async () => {
    expect((await ask('bad/status-400')).status).toBe(400);
  });
});

describe('when no target can answer', () => {
  test.each<[string, number, RegExp]>([
    ['bad/status-400', 400, /no: 400/],
    ['bad/status-404', 404, /no: 404/],
    ['bad/status-401', 400, /^The provider 'bad' refused the key/],
    ['bad/status-403', 400, /^The provider 'bad' refused the key/],
    ['bad/status-429', 429, /no: 429/],
    ['bad/status-500', 502, /^The provider answered with status 500\.$/],
    ['bad/html', 502, /status 502/],
    ['bad/array', 400, /from an array/],
    ['bad/detail', 422, /extra fields not permitted/],
    ['bad/bare', 400, /just words/],
    ['bad/not-json', 502, /not a JSON object/],
    ['bad/hang-up', 502, /could not be reached|broke off/],
    ['gone/m', 502, /could not be reached/],
    ['keyless/m', 400, /no key 'MISSING_KEY'/],
  ])('#35 #36 %s is reported as %d in the envelope', async (model, status, message) => {
    const response = await ask(model);
    const text = await response.text();
    expect(response.status).toBe(status);
    expect(JSON.parse(text).error.message).toMatch(message);
    expect(text).not.toContain('sk-live');
    expect(text).not.toContain('<html>');
  });

  test('#33 a rate limit is reported with its time, whatever refused after it', async () => {
    const response = await ask('only-bad');
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('x-should-retry')).toBe('true');
  });

  test('a stream that was refused has a real status, not 200', async () => {
    const response = await ask('bad/status-429', true);
    expect(response.status).toBe(429);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  test('a provider that says nothing is given up in time', async () => {
    const startedAt = performance.now();
    expect((await ask('bad/silent')).status).toBe(504);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});

describe('once the answer has begun', () => {
  test.each([
    ['bad/dies', 'broke off'],
    ['bad/stalls', 'fell silent'],
  ])('#37 %s is reported inside the stream, and no other target is asked', async (model, message) => {
    const text = await (await ask(model, true)).text();
    expect(text).toContain('"content":"Once"');
    expect(text.trimEnd().split('\n\n').at(-1)).toMatch(new RegExp(`^data: {"error":.*${message}`));
    expect(text).not.toContain('[DONE]');
    await expect
      .poll(() => rig.requests.at(-1))
      .toMatchObject({
        attempts: [{ error: expect.any(String) }],
        status: expect.any(Number),
        usage: { estimated: true },
      });
  });
});

describe('odd providers', () => {
  test('#12 JSON in place of a stream is written as the stream that was asked for', async () => {
    const text = await (await ask('bad/json-for-stream', true)).text();
    expect(text).toContain('"content":"in one piece"');
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });
});
