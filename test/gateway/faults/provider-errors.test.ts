import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunk, sendJson, startProvider, startStream, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** What a caller, and the log, see of the words of a provider that refuses. */
const KEY = 'zq7-Vault.9f/83+kLmN0pQrS=tail55';
const CLAUDE = '/v1/messages';
const CHAT = '/v1/chat/completions';
const RESPONSES = '/v1/responses';

let provider: TestProvider;
let rig: Rig;
/** What the provider answers next. */
let answer: { status: number; body: unknown; stream?: string[] } = { status: 400, body: {} };

beforeAll(async () => {
  provider = await startProvider((_, response) => {
    if (!answer.stream) return sendJson(response, answer.status, answer.body);
    startStream(response);
    for (const piece of answer.stream) response.write(piece);
    response.end();
  });
  const { url: baseUrl } = provider;
  const providers = {
    claude: { preset: 'anthropic', baseUrl, secret: 'CLAUDE' },
    chat: { baseUrl, secret: 'CHAT' },
    responses: { preset: 'openai-responses', baseUrl, secret: 'RESPONSES' },
  };
  rig = await startRig({ definition: { providers }, env: { CLAUDE: KEY, CHAT: KEY, RESPONSES: KEY } });
});
afterAll(async () => {
  await rig.close();
  await provider.close();
});

interface Seen {
  status: number;
  text: string;
  body: { error: Record<string, unknown>; request_id?: string };
  id: string | null;
}

async function ask(path: string, model: string, extra: object = {}): Promise<Seen> {
  const body =
    path === RESPONSES
      ? { model, input: 'hello', ...extra }
      : { model, max_tokens: 10, messages: [{ role: 'user', content: 'hello' }], ...extra };
  const response = await rig.post(body, {}, path);
  const text = await response.text();
  const parsed = text.startsWith('{') ? JSON.parse(text) : {};
  return { status: response.status, text, body: parsed, id: response.headers.get('request-id') };
}

const anthropicError = (message: string, type = 'invalid_request_error') => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_x',
});
const openaiError = (message: string, fields: object = {}) => ({
  error: { message, type: 'invalid_request_error', param: null, code: null, ...fields },
});

describe('a 4xx about the request, for a caller of the same dialect', () => {
  const wording = 'messages.1.content.0: Invalid `signature` in `thinking` block';

  test('an Anthropic caller gets the wording of an Anthropic provider, under our request id', async () => {
    answer = { status: 400, body: anthropicError(wording) };
    const { status, body, id } = await ask(CLAUDE, 'claude/m');
    expect(status).toBe(400);
    expect(body).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message: wording },
      request_id: id,
    });
    expect(id).not.toBe('req_x');
  });

  test.each([
    [404, 'not_found_error', 'model: claude-x'],
    [413, 'request_too_large', 'Request exceeds the maximum size'],
    [422, 'invalid_request_error', 'tools.0.custom.input_schema: Extra inputs are not permitted'],
  ])('an Anthropic provider’s %i keeps its status, type and message', async (status, type, message) => {
    answer = { status, body: anthropicError(message, type) };
    const seen = await ask(CLAUDE, 'claude/m');
    expect(seen.status).toBe(status);
    expect(seen.body.error).toEqual({ type, message });
  });

  test.each([
    [CHAT, 'chat/m', 'messages[2].content[0].image_url', 'invalid_image_url'],
    [RESPONSES, 'responses/m', 'input[3].encrypted_content', 'invalid_encrypted_content'],
  ])('a caller of %s gets message, type, param and code as they were written', async (path, model, param, code) => {
    const error = { message: 'Invalid value: it cannot be read.', type: 'image_parse_error', param, code };
    answer = { status: 400, body: { error } };
    const seen = await ask(path, model);
    expect(seen).toMatchObject({ status: 400, body: { error } });
    expect(seen.body.error).toEqual(error);
  });

  test('the last event of an Anthropic stream has the wording too', async () => {
    const started = {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    };
    const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } };
    const failed = anthropicError(`prompt is too long with key ${KEY}`);
    const frames = [started, block, delta, failed].map(
      (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
    );
    answer = { status: 200, body: '', stream: frames };
    const { text } = await ask(CLAUDE, 'claude/m', { stream: true });
    const last = JSON.parse(text.trimEnd().split('data: ').at(-1)!);
    expect(last.error).toEqual({ type: 'invalid_request_error', message: 'prompt is too long with key ***' });
    expect(last.request_id).not.toBe('req_x');
  });

  test('a body that is not in the dialect’s form is written in it', async () => {
    answer = { status: 422, body: { detail: [{ loc: ['body', 'messages'], msg: 'field required', type: 'missing' }] } };
    expect((await ask(CHAT, 'chat/m')).body.error).toMatchObject({
      message: 'field required',
      type: 'invalid_request_error',
    });
  });
});

describe('a 4xx about the request, for a caller of another dialect', () => {
  test('is our error around the cleaned sentence', async () => {
    answer = { status: 400, body: openaiError('Bad value.', { type: 'image_parse_error', param: 'x', code: 'bad' }) };
    const { status, body } = await ask(CLAUDE, 'chat/m');
    expect(status).toBe(400);
    expect(body.error).toEqual({ type: 'invalid_request_error', message: 'x: Bad value.' });
  });
});

describe('401, 402, 403 and 5xx of a provider', () => {
  test.each([
    [401, 424, 'authentication_error'],
    [402, 402, 'billing_error'],
    [403, 424, 'permission_error'],
    [500, 502, 'api_error'],
    [503, 529, 'overloaded_error'],
    [504, 504, 'timeout_error'],
  ])('%i is answered with %i in our own words', async (given, status, type) => {
    answer = { status: given, body: anthropicError('SECRETWORD about account 1234', type) };
    for (const extra of [{}, { stream: true }]) {
      const seen = await ask(CLAUDE, 'claude/m', extra);
      expect(seen.status).toBe(status);
      expect(seen.text).not.toContain('SECRETWORD');
    }
    answer = { status: given, body: openaiError('SECRETWORD about account 1234') };
    expect((await ask(CHAT, 'chat/m')).text).not.toContain('SECRETWORD');
    expect((await ask(CLAUDE, 'chat/m')).text).not.toContain('SECRETWORD');
  });

  test('an exhausted quota of the gateway is ours, whatever its status', async () => {
    answer = {
      status: 429,
      body: openaiError('SECRETWORD', { code: 'insufficient_quota', type: 'insufficient_quota' }),
    };
    const { status, body, text } = await ask(CHAT, 'chat/m');
    expect(status).toBe(429);
    expect(body.error).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' });
    expect(text).not.toContain('SECRETWORD');
  });
});

describe('the key that was just used', () => {
  test.each([
    ['at the beginning', `${KEY} is wrong`],
    ['in the middle', `the key <${KEY}> is wrong`],
    ['at the end', `wrong: ${KEY}`],
    ['twice', `${KEY} or ${KEY}`],
    ['cut after its first characters', `wrong: ${KEY.slice(0, 12)}…`],
    ['cut before its last characters', `wrong: ****${KEY.slice(-9)}`],
    ['cut on both sides of stars', `wrong: ${KEY.slice(0, 8)}****${KEY.slice(-8)}`],
    ['behind 1,990 characters', `${'x'.repeat(1990)} ${KEY}`],
    ['in an address', `GET https://h.example/v1?credential=${encodeURIComponent(KEY)} failed`],
  ])('never leaves: %s', async (_, message) => {
    const pieces = [KEY.slice(0, 8), KEY.slice(-8), encodeURIComponent(KEY).slice(8, 24)];
    for (const [path, model, body] of [
      [CLAUDE, 'claude/m', anthropicError(message)],
      [CHAT, 'chat/m', openaiError(message, { param: KEY, code: KEY, type: KEY })],
      [RESPONSES, 'responses/m', openaiError(message, { param: KEY })],
      [CLAUDE, 'chat/m', openaiError(message, { param: KEY })],
    ] as const) {
      answer = { status: 400, body };
      const { status, text } = await ask(path, model);
      expect(status).toBe(400);
      for (const piece of pieces) expect(text).not.toContain(piece);
    }
    expect(JSON.stringify([rig.logged, rig.requests])).not.toContain(KEY.slice(0, 8));
  });

  test('never leaves in the error of a stream', async () => {
    answer = {
      status: 200,
      body: '',
      stream: [chunk({ content: 'Hi' }), `data: ${JSON.stringify({ error: { message: KEY, code: 400 } })}\n\n`],
    };
    const { text } = await ask(CHAT, 'chat/m', { stream: true });
    expect(text).toContain('***');
    expect(text).not.toContain(KEY);
  });

  test('a shortened sentence has no half of a key at its end', async () => {
    answer = { status: 400, body: openaiError(`${'x'.repeat(1980)}${KEY}`) };
    const { text } = await ask(CHAT, 'chat/m');
    for (let length = 4; length < KEY.length; length += 1) expect(text).not.toContain(KEY.slice(0, length));
  });
});

describe('bodies that are no error of the dialect', () => {
  test.each([
    ['HTML', '<!DOCTYPE html><html><body>SECRETWORD</body></html>'],
    ['a JSON body of 300 KB', `{"error":{"message":"SECRETWORD ${'x'.repeat(300_000)}"}}`],
    ['a JSON body that breaks off', '{"error":{"message":"SECRETWORD'],
    ['nothing', ''],
  ])('%s: the status is what is said', async (_, body) => {
    answer = { status: 400, body };
    for (const [path, model] of [
      [CLAUDE, 'claude/m'],
      [CHAT, 'chat/m'],
    ] as const) {
      const { status, body: seen } = await ask(path, model);
      expect(status).toBe(400);
      expect(seen.error.message).toBe('The provider answered with status 400.');
    }
  });

  test('a long sentence is cut to 2,000 characters', async () => {
    answer = { status: 400, body: openaiError('é'.repeat(30_000)) };
    const { body } = await ask(CHAT, 'chat/m');
    expect(String(body.error.message)).toHaveLength(2000);
  });
});

describe('the log', () => {
  test('has the kind and status of a refusal, and never what the provider quotes', async () => {
    answer = { status: 400, body: openaiError("Invalid value: 'my private diary'.", { code: 'invalid_value' }) };
    await ask(CHAT, 'chat/m');
    expect(rig.logged.at(-1)).toMatchObject({
      message: 'a provider refused',
      fields: { kind: 'invalid_request', status: 400, provider: 'chat' },
    });
    await expect.poll(() => rig.requests.at(-1)).toMatchObject({ error: 'invalid_request', provider: 'chat' });
    expect(JSON.stringify([rig.logged, rig.requests])).not.toMatch(/diary|SECRETWORD/);
  });
});
