import { expect, test } from 'vitest';
import { GatewayError, refuse } from '../../../shared/errors.ts';
import { openDirect, shortest } from '../../support/direct.ts';

const hi = [{ role: 'user', content: 'hi' }];
const own = { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' };

test.each<[string, object, string]>([
  ['/v1/chat/completions', { messages: hi }, 'openai-chat'],
  ['/chat/completions', { messages: hi }, 'openai-chat'],
  ['/v1/completions', { prompt: 'hi' }, 'openai-completions'],
  ['/v1/responses', { input: 'hi' }, 'openai-responses'],
  ['/v1/messages', { messages: hi, max_tokens: 9 }, 'anthropic'],
])('POST %s is a conversation in its dialect, recorded as a chat', async (path, body, dialect) => {
  const { call, records } = openDirect();
  const { status, text } = await call(path, { body: { model: 'p/m', ...body } });
  expect([status, text]).toEqual([200, expect.stringContaining('ok')]);
  expect(records).toMatchObject([{ dialect, purpose: 'chat', provider: 'p', status: 200 }]);
});

test('a stream whose provider is silent is answered late, and a failure after that is an event', async () => {
  const refusal = refuse(new GatewayError('invalid_request', 'After all, no.'));
  const { call, time, records } = openDirect({
    definition: { providers: { p: own }, stream: { commitAfterMs: 100 } },
    reply: (_, { sleep }) => sleep(500).then(() => refusal),
  });
  const answering = call('/v1/chat/completions', { body: { model: 'p/m', messages: hi, stream: true } });
  await time.advance(600);
  const { status, text } = await answering;
  expect(status).toBe(200);
  expect(text).toMatch(/^: keep-alive\n\ndata: \{"error".*After all, no\./);
  expect(records).toMatchObject([{ status: 400, error: 'invalid_request' }]);
});

test('a whole answer is never begun before its provider has answered', async () => {
  const { call, time } = openDirect({
    definition: { providers: { p: own }, stream: { commitAfterMs: 100 } },
    reply: (_, { sleep }) => sleep(500).then(() => ({ status: 429, json: { error: { message: 'no' } } })),
  });
  const answering = call('/v1/chat/completions', { body: { model: 'p/m', messages: hi } });
  await time.advance(600);
  expect((await answering).status).toBe(429);
});

test("where all targets fail, the owner's own text is the answer, and the record has the failure", async () => {
  const { call, records } = openDirect({
    definition: { providers: { p: { ...own, traits: { fallbackText: 'Later, please.' } } } },
    reply: () => ({ status: 500, json: shortest }),
  });
  const { status, text } = await call('/v1/chat/completions', { body: { model: 'p/m', messages: hi } });
  expect([status, text]).toEqual([200, expect.stringContaining('Later, please.')]);
  expect(records).toMatchObject([{ status: 200, error: 'upstream', attempts: [{ error: 'upstream' }] }]);
});
