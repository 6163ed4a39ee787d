import { describe, expect, test } from 'vitest';
import { levelsOf } from '../../shared/gateway/admit.ts';
import { groupOf, keyCaller } from '../support/callers.ts';
import { claudeReply, headers, open } from './key-stage.ts';

describe('a model that a key may not use', () => {
  test('is refused in the words for a model that is not there, in either dialect, and no provider is asked', async () => {
    const { chat, messages, asked, records } = open({ models: ['gpt-*'] });
    expect((await chat()).status).toBe(200);
    const refused = await chat({ model: 'other' });
    expect([refused.status, JSON.parse(refused.text).error]).toMatchObject([
      404,
      { code: 'model_not_found', message: expect.stringContaining('`other`') },
    ]);
    const anthropic = await messages({ model: 'other' });
    expect([anthropic.status, JSON.parse(anthropic.text).error.type]).toEqual([404, 'not_found_error']);
    expect(asked).toHaveLength(1);
    expect(records.map(({ status }) => status)).toEqual([200, 404, 404]);
  });

  test('is also one that its group or the organisation does not allow', async () => {
    const groups = [groupOf('team', { rules: { models: ['gpt-a', 'other'] } })];
    const { chat } = open({ models: ['gpt-*'] }, { groups });
    expect([(await chat()).status, (await chat({ model: 'gpt-b' })).status]).toEqual([200, 404]);
  });

  test('is not listed, and not found by its name', async () => {
    const { call } = open({ models: ['gpt-*'] });
    const list = await call('/v1/models', { method: 'GET', headers });
    expect(JSON.parse(list.text).data.map(({ id }: { id: string }) => id)).toEqual(['gpt-a', 'gpt-b']);
    expect((await call('/v1/models/gpt-a', { method: 'GET', headers })).status).toBe(200);
    for (const id of ['other', 'p/a']) {
      expect((await call(`/v1/models/${id}`, { method: 'GET', headers })).status).toBe(404);
    }
  });

  test('is not reached by an unknown name either, where the default model is one that the key may not use', async () => {
    const { chat, messages, call, asked } = open({ models: ['gpt-*'] }, { defaultModel: 'other' });
    const refused = await chat({ model: 'gpt-zzz' });
    expect([refused.status, JSON.parse(refused.text).error]).toMatchObject([
      404,
      { code: 'model_not_found', message: expect.stringContaining('`gpt-zzz`') },
    ]);
    expect((await messages({ model: 'gpt-zzz' })).status).toBe(404);
    const said = { input: 'hi', prompt: 'hi', query: 'hi', documents: ['hi'] };
    const body = { model: 'gpt-zzz', ...said, messages: [{ role: 'user', content: 'hi' }] };
    for (const path of ['/v1/completions', '/v1/embeddings', '/v1/moderations', '/v1/rerank'])
      expect([path, (await call(path, { headers, body })).status]).toEqual([path, 404]);
    expect((await call('/v1/messages/count_tokens', { headers, body })).status).toBe(404);
    expect((await call('/v1/responses', { headers, body })).status).toBe(400);
    expect((await chat()).status).toBe(200);
    expect(asked).toHaveLength(1);
  });

  test('is reached by an unknown name where the key may use the default model', async () => {
    for (const models of [['gpt-*', 'other'], ['*']]) {
      const { chat } = open({ models }, { defaultModel: 'other' });
      expect((await chat({ model: 'gpt-zzz' })).status).toBe(200);
    }
    const groups = [groupOf('team', { rules: { models: ['gpt-*'] } })];
    expect((await open({}, { groups, defaultModel: 'other' }).chat({ model: 'gpt-zzz' })).status).toBe(404);
  });

  test('is reached by an alias that the key may use: the owner gave that name', async () => {
    const { chat, sent } = open({ models: ['alias'] });
    expect((await chat({ model: 'alias' })).status).toBe(200);
    expect(sent().model).toBe('c');
  });

  test('is not asked by a field that passes to the provider, in either dialect', async () => {
    const { chat, messages, asked } = open({ models: ['gpt-*', 'seen'] }, { json: claudeReply });
    const refused = await chat({ models: ['c'], route: 'fallback' });
    expect([refused.status, JSON.parse(refused.text).error]).toMatchObject([
      404,
      { code: 'model_not_found', param: 'models', message: expect.stringContaining('models: The model `c`') },
    ]);
    const anthropic = await messages({ model: 'seen', fallbacks: [{ model: 'dear' }] });
    expect([anthropic.status, JSON.parse(anthropic.text).error]).toMatchObject([
      404,
      { type: 'not_found_error', message: expect.stringContaining('fallbacks: The model `dear`') },
    ]);
    expect((await chat({ preset: 'x' })).status).toBe(403);
    expect(asked).toEqual([]);
    expect((await messages({ model: 'seen', fallbacks: [{ model: 'm' }] })).status).toBe(200);
    expect(asked).toHaveLength(1);
  });

  test('is not counted either', async () => {
    const { call } = open({ models: ['gpt-*'] });
    const body = { model: 'other', messages: [{ role: 'user', content: 'hi' }] };
    expect((await call('/v1/messages/count_tokens', { headers, body })).status).toBe(404);
  });
});

test('what a key is not for is refused with 403', async () => {
  const { chat, call } = open({ purposes: ['embedding'] });
  const refused = await chat();
  expect([refused.status, refused.headers['x-should-retry']]).toEqual([403, 'false']);
  expect(JSON.parse(refused.text).error.message).toBe('This API key may not be used for conversations.');
  const other = open({ purposes: ['chat'] });
  const body = { model: 'gpt-a', input: 'x' };
  expect((await other.call('/v1/embeddings', { headers, body })).status).toBe(403);
  expect((await call('/v1/models', { method: 'GET', headers })).status).toBe(200);
});

test('what a key may not converse with is not counted for it either', async () => {
  const counted = { model: 'seen', messages: [{ role: 'user', content: 'hi' }] };
  const count = ({ call }: Pick<ReturnType<typeof open>, 'call'>) =>
    call('/v1/messages/count_tokens', { headers, body: counted });
  const embedding = open({ purposes: ['embedding'] });
  const refused = await count(embedding);
  expect([refused.status, JSON.parse(refused.text).error.type]).toEqual([403, 'permission_error']);
  expect([embedding.asked, embedding.records]).toEqual([[], []]);
  expect((await count(open({ purposes: ['chat'] }, { json: { input_tokens: 5 } }))).status).toBe(200);
});

describe('a bound on the tokens of answers', () => {
  test('lowers a larger one on the short road, and every other byte stays as it came', async () => {
    const { call, asked } = open({ maxTokens: 50 });
    const text = '{ "model":"p/m", "max_tokens": 500,"messages":[{"role":"user","content":"hi"}], "own": 1.0 }';
    expect((await call('/v1/chat/completions', { headers, body: text })).status).toBe(200);
    expect(asked[0]!.text).toBe(
      '{ "model":"m", "max_tokens": 50,"messages":[{"role":"user","content":"hi"}], "own": 1.0 }',
    );
  });

  test.each([
    ['is set where the caller gives none', {}, { max_completion_tokens: 50 }],
    ['leaves a smaller one as it is', { max_completion_tokens: 20 }, { max_completion_tokens: 20 }],
    [
      'lowers every name of it',
      { max_tokens: 60, max_completion_tokens: 70 },
      { max_tokens: 50, max_completion_tokens: 50 },
    ],
    ['takes the place of null', { max_completion_tokens: null }, { max_completion_tokens: 50 }],
  ])('%s', async (_, given, expected) => {
    const { chat, sent } = open({ maxTokens: 50 });
    await chat(given);
    const { max_tokens, max_completion_tokens } = sent();
    expect({ max_tokens, max_completion_tokens }).toEqual(expected);
  });

  test('holds on the long road, and is the least of all levels', async () => {
    const groups = [groupOf('team', { rules: { maxTokens: 40 } })];
    const { messages, chat, sent } = open({ maxTokens: 50 }, { groups, json: claudeReply });
    await chat({ model: 'seen' });
    expect(sent().max_tokens).toBe(40);
    await messages({ model: 'seen' });
    expect(sent().max_tokens).toBe(40);
  });

  test('lowers the thinking with it', async () => {
    const { messages, sent } = open({ maxTokens: 2_000 }, { json: claudeReply });
    const thinking = { type: 'enabled', budget_tokens: 8_000 };
    await messages({ model: 'seen', max_tokens: 10_000, thinking });
    expect(sent()).toMatchObject({ max_tokens: 2_000, thinking: { type: 'enabled', budget_tokens: 1_999 } });
    const low = open({ maxTokens: 1_000 }, { json: claudeReply });
    await low.messages({ model: 'seen', max_tokens: 10_000, thinking });
    expect(low.sent()).toMatchObject({ max_tokens: 1_000, thinking: { type: 'disabled' } });
  });

  test.each(['/v1/responses', '/v1/completions'])('holds at %s', async (path) => {
    const { call, sent } = open({ maxTokens: 50 });
    const body = path === '/v1/responses' ? { input: 'hi', max_output_tokens: 90 } : { prompt: 'hi' };
    expect((await call(path, { headers, body: { model: 'gpt-a', ...body } })).status).toBe(200);
    const { max_tokens, max_completion_tokens } = sent();
    expect(max_completion_tokens ?? max_tokens).toBe(50);
  });
});

test("a group's own key for a provider is used in place of the gateway's", async () => {
  const groups = [groupOf('team', { providerKeys: { keyed: 'OURS_TEAM' } })];
  const { chat, asked } = open({}, { groups });
  await chat({ model: 'keyed/m' });
  expect(asked.at(-1)?.headers.authorization).toBe('Bearer key-of-OURS_TEAM');
  const other = open({});
  await other.chat({ model: 'keyed/m' });
  expect(other.asked.at(-1)?.headers.authorization).toBe('Bearer key-of-OURS');
});

test('no group has the scope of a key, whatever its id', () => {
  const caller = keyCaller({ limits: { rpm: 1 } }, [groupOf('key_00000001'), groupOf('organization')]);
  expect(levelsOf(caller).map(({ id }) => id)).toEqual(['key_00000001', 'group_key_00000001', 'group_organization']);
  expect(levelsOf({ type: 'master' })).toEqual([]);
});
