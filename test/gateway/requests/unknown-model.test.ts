import { expect, test } from 'vitest';
import { openDirect } from '../../support/direct.ts';

const messages = [{ role: 'user', content: 'hi' }];

test.each<[string, object, number]>([
  ['/v1/chat/completions', { messages }, 404],
  ['/v1/completions', { prompt: 'hi' }, 404],
  // As at its vendor.
  ['/v1/responses', { input: 'hi' }, 400],
  ['/v1/embeddings', { input: 'hi' }, 404],
  ['/v1/moderations', { input: 'hi' }, 404],
  ['/v1/rerank', { query: 'q', documents: ['a'] }, 404],
  ['/v1/images/generations', { prompt: 'hi' }, 404],
  ['/v1/images/edits', { prompt: 'hi' }, 404],
  ['/v1/audio/speech', { input: 'hi', voice: 'alloy' }, 404],
  ['/v1/audio/transcriptions', {}, 404],
  ['/openai/deployments/nothing/embeddings', { input: 'hi' }, 404],
])('%s says by its code that a model is unknown', async (path, body, status) => {
  const { call, asked } = openDirect();
  const answer = await call(path, { body: { model: 'nothing', ...body } });
  expect([answer.status, JSON.parse(answer.text)]).toEqual([
    status,
    { error: expect.objectContaining({ type: 'invalid_request_error', code: 'model_not_found' }) },
  ]);
  expect(asked).toEqual([]);
});

test("Anthropic's errors have no code: there the type says it", async () => {
  const { call } = openDirect();
  const { status, text } = await call('/v1/messages', { body: { model: 'nothing', max_tokens: 9, messages } });
  expect([status, JSON.parse(text)]).toMatchObject([404, { type: 'error', error: { type: 'not_found_error' } }]);
});

test("a provider's 404 for a model has the code too, whether the provider gave one or not", async () => {
  for (const error of [
    { message: 'The model `m` does not exist', type: 'invalid_request_error', param: null, code: null },
    { message: 'The model `m` does not exist', code: 'model_not_found' },
  ]) {
    const { call } = openDirect({ reply: () => ({ status: 404, json: { error } }) });
    const { status, text } = await call('/v1/images/generations', { body: { model: 'p/m', prompt: 'x' } });
    expect([status, JSON.parse(text).error.code]).toEqual([404, 'model_not_found']);
  }
});
