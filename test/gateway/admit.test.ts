import { describe, expect, test } from 'vitest';
import type { Group, Rules } from '../../shared/call/virtual-key.ts';
import { levelsOf } from '../../shared/gateway/admit.ts';
import { createGateway } from '../../shared/gateway/gateway.ts';
import { groupOf, keyCaller, virtualKeyOf } from '../support/callers.ts';
import { openDirect } from '../support/direct.ts';

const definition = {
  providers: {
    p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' },
    keyed: { baseUrl: 'http://127.0.0.1:9/v1', secret: 'OURS' },
    claude: { preset: 'anthropic', baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' },
  },
  models: { 'gpt-a': 'p/a', 'gpt-b': 'p/b', other: 'p/c', seen: 'claude/m' },
};
const claudeReply = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 1, output_tokens: 1 },
};
const headers = { authorization: 'Bearer sk-ann' };

function open(rules: Rules, { groups = [] as Group[], json = undefined as unknown } = {}) {
  const direct = openDirect({
    definition,
    ...(json ? { reply: () => ({ json }) } : {}),
    ports: () => ({
      keys: { find: async () => virtualKeyOf({ rules, ...(groups.length > 0 ? { group: groups[0]!.id } : {}) }) },
      groups: { find: async (id) => groups.find((group) => group.id === id) },
    }),
  });
  const chat = (body: object = {}) =>
    direct.call('/v1/chat/completions', {
      headers,
      body: { model: 'gpt-a', messages: [{ role: 'user', content: 'hi' }], ...body },
    });
  const messages = (body: object = {}) =>
    direct.call('/v1/messages', {
      headers: { 'x-api-key': 'sk-ann' },
      body: { model: 'gpt-a', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], ...body },
    });
  const sent = () => JSON.parse(direct.asked.at(-1)!.text);
  return { ...direct, chat, messages, sent };
}

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
  const groups = [groupOf('team', { providerKeys: { keyed: 'THEIRS' } })];
  const { chat, asked } = open({}, { groups });
  await chat({ model: 'keyed/m' });
  expect(asked.at(-1)?.headers.authorization).toBe('Bearer key-of-THEIRS');
  const other = open({});
  await other.chat({ model: 'keyed/m' });
  expect(other.asked.at(-1)?.headers.authorization).toBe('Bearer key-of-OURS');
});

describe('limits', () => {
  test('are reported in the headers of the caller’s vendor, and reached ones with 429', async () => {
    const { chat, asked, records } = open({ limits: { rpm: 2, tpm: 100_000 } });
    const first = await chat();
    expect(first.headers).toMatchObject({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': '30s',
      'x-ratelimit-limit-tokens': '100000',
    });
    await chat();
    const refused = await chat();
    expect([refused.status, JSON.parse(refused.text).error]).toMatchObject([
      429,
      {
        code: 'rate_limit_exceeded',
        message: expect.stringContaining('requests per minute of this API key (limit 2)'),
      },
    ]);
    expect(refused.headers).toMatchObject({
      'retry-after': '30',
      'retry-after-ms': '30000',
      'x-should-retry': 'true',
      'x-ratelimit-remaining-requests': '0',
    });
    expect(asked).toHaveLength(2);
    expect(records.map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  test('are reported to Anthropic’s clients in theirs', async () => {
    const { messages, time } = open({ limits: { rpm: 1, tpm: 10_000 } });
    const { headers: said } = await messages();
    expect(said).toMatchObject({
      'anthropic-ratelimit-requests-limit': '1',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': new Date(time.now() + 60_000).toISOString().replace('.000Z', 'Z'),
      'anthropic-ratelimit-tokens-limit': '10000',
    });
    const refused = await messages();
    expect([refused.status, JSON.parse(refused.text).error.type]).toEqual([429, 'rate_limit_error']);
    expect(refused.headers).toMatchObject({ 'retry-after': '60', 'anthropic-ratelimit-requests-remaining': '0' });
  });

  test('of a group and the organisation hold too, and say so', async () => {
    const { chat } = open({}, { groups: [groupOf('team', { rules: { limits: { rpm: 1 } } })] });
    await chat();
    expect(JSON.parse((await chat()).text).error.message).toContain("of the group 'team'");
    const all = open({}, { groups: [groupOf('organization', { rules: { limits: { rpm: 1 } } })] });
    await all.chat();
    expect(JSON.parse((await all.chat()).text).error.message).toContain('of the organization');
  });

  test('on tokens are settled by what was used, whatever was estimated', async () => {
    const usage = { prompt_tokens: 300, completion_tokens: 100, total_tokens: 400 };
    const json = { id: 'x', model: 'm', choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }], usage };
    const { chat, scopes } = open({ limits: { tpm: 2_000 } }, { json });
    await chat({ max_tokens: 1_500 });
    expect(scopes.items.get('key_00000001')).toMatchObject({ tokens: 1_600, open: 0 });
  });

  test('a request whose input is larger than a minute’s tokens is refused for good', async () => {
    const { chat } = open({ limits: { tpm: 100 } });
    const refused = await chat({ messages: [{ role: 'user', content: 'word '.repeat(500) }] });
    expect([refused.status, refused.headers['x-should-retry'], refused.headers['retry-after']]).toEqual([
      429,
      'false',
      undefined,
    ]);
    expect((await chat({ max_tokens: 90_000 })).status).toBe(200);
  });

  test('cost a key without any, and the master key, no call of the table', async () => {
    const { chat, call, scopes } = open({ models: ['*'] });
    const { headers: said } = await chat();
    await call('/v1/chat/completions', { body: { model: 'gpt-a', messages: [{ role: 'user', content: 'hi' }] } });
    expect([scopes.reads, scopes.writes]).toEqual([0, 0]);
    expect(Object.keys(said).filter((name) => name.includes('ratelimit'))).toEqual([]);
  });

  test('of slots are given back when the answer fails too', async () => {
    const direct = openDirect({
      definition,
      reply: () => ({ status: 500, json: {} }),
      ports: () => ({ keys: { find: async () => virtualKeyOf({ rules: { limits: { concurrency: 1 } } }) } }),
    });
    const body = { model: 'gpt-a', messages: [{ role: 'user', content: 'hi' }] };
    for (let n = 0; n < 3; n += 1) {
      expect((await direct.call('/v1/chat/completions', { headers, body })).status).toBe(502);
    }
    expect(direct.scopes.items.get('key_00000001')).toMatchObject({ open: 0 });
  });
});

describe('what a provider says of its own limits', () => {
  const reply = { headers: { 'x-ratelimit-remaining-requests': '99' } };
  const shortest = { id: 'x', model: 'm', choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }] };
  const ask = async (rules: Rules, path: string, model: string, json: unknown, origin?: string) => {
    const { call } = openDirect({
      definition: { ...definition, cors: { origins: ['https://a.example'] } },
      reply: () => ({ ...reply, json }),
      ports: () => ({ keys: { find: async () => virtualKeyOf({ rules }) } }),
    });
    const body = { model, max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
    return (await call(path, { headers: { ...headers, ...(origin ? { origin } : {}) }, body })).headers;
  };
  const own = 'x-sluice-provider-ratelimit-remaining-requests';

  test('passes as it is to a caller without limits who speaks the same dialect', async () => {
    const said = await ask({}, '/v1/chat/completions', 'gpt-a', shortest, 'https://a.example');
    expect(said['x-ratelimit-remaining-requests']).toBe('99');
    expect(said['access-control-expose-headers']).toContain('x-ratelimit-remaining-requests');
  });

  test('stands beside the limits of a key, under a name of its own', async () => {
    const said = await ask({ limits: { rpm: 5 } }, '/v1/chat/completions', 'gpt-a', shortest);
    expect(said).toMatchObject({ 'x-ratelimit-remaining-requests': '4', [own]: '99' });
  });

  test('has a name of its own where the answer was translated', async () => {
    const said = await ask({}, '/v1/chat/completions', 'seen', claudeReply);
    expect(said[own]).toBe('99');
    expect(said).not.toHaveProperty('x-ratelimit-remaining-requests');
  });
});

test('no group has the scope of a key, whatever its id', () => {
  const caller = keyCaller({ limits: { rpm: 1 } }, [groupOf('key_00000001'), groupOf('organization')]);
  expect(levelsOf(caller).map(({ id }) => id)).toEqual(['key_00000001', 'group_key_00000001', 'group_organization']);
  expect(levelsOf({ type: 'master' })).toEqual([]);
});

test('a reservation that is made when its request is over already is given back', async () => {
  const { ports, scopes } = open({ limits: { concurrency: 1 } });
  const { promise, resolve } = Promise.withResolvers<void>();
  scopes.before = () => promise;
  const body = JSON.stringify({ model: 'gpt-a', messages: [{ role: 'user', content: 'hi' }] });
  const tasks: (() => void | Promise<void>)[] = [];
  const answering = createGateway(ports)(
    { method: 'POST', path: '/v1/chat/completions', query: '', headers, body: async () => Buffer.from(body) },
    { deadline: Number.MAX_SAFE_INTEGER, signal: new AbortController().signal, after: (task) => void tasks.push(task) },
  );
  await new Promise((turn) => setTimeout(turn, 10));
  // The host gives the request up: what is to be done after it does not wait for it.
  for (const task of tasks) await task();
  resolve();
  await answering;
  expect(scopes.items.get('key_00000001')).toMatchObject({ open: 0 });
});
