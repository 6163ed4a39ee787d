import { describe, expect, test } from 'vitest';
import type { Rules } from '../../shared/catalog/rules.ts';
import { createGateway } from '../../shared/gateway/gateway.ts';
import { groupOf, virtualKeyOf } from '../support/callers.ts';
import { openDirect, type Reply } from '../support/direct.ts';
import { claudeReply, definition, headers, open } from './key-stage.ts';

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

  test('that were lowered hold from the next request on', async () => {
    const groups = [groupOf('team', { rules: { limits: { rpm: 1_000 } } })];
    const { chat } = open({}, { groups });
    expect((await chat()).status).toBe(200);
    groups[0] = groupOf('team', { rules: { limits: { rpm: 2 } } });
    const statuses: number[] = [];
    for (let asked = 0; asked < 4; asked += 1) statuses.push((await chat()).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
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

  test('a long text without spaces is counted as a text, not as a picture', async () => {
    const { chat, messages, asked } = open({ limits: { tpm: 100_000 } });
    const content = 'QUJD'.repeat(250_000);
    const refused = await chat({ messages: [{ role: 'user', content }] });
    expect([refused.status, JSON.parse(refused.text).error.message]).toEqual([
      429,
      expect.stringContaining('Request too large'),
    ]);
    expect((await messages({ messages: [{ role: 'user', content: [{ type: 'text', text: content }] }] })).status).toBe(
      429,
    );
    expect(asked).toEqual([]);
    const url = `data:image/png;base64,${content}`;
    expect(
      (await chat({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }] })).status,
    ).toBe(200);
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

  test.each([
    [
      'a model that is not allowed',
      '/v1/chat/completions',
      { model: 'other', messages: [{ role: 'user', content: 'hi' }] },
      404,
    ],
    ['a purpose that is not allowed', '/v1/embeddings', { model: 'gpt-a', input: 'hi' }, 403],
    ['a body that is none', '/v1/chat/completions', 'no JSON', 400],
    [
      'an input beyond a minute’s tokens',
      '/v1/chat/completions',
      { model: 'gpt-a', messages: [{ role: 'user', content: 'word '.repeat(900) }] },
      429,
    ],
  ])('stand on the refusal of %s', async (_, path, body, status) => {
    const { call, scopes } = open({ models: ['gpt-*'], purposes: ['chat'], limits: { rpm: 7, tpm: 500 } });
    const refused = await call(path, { headers, body });
    expect(refused.status).toBe(status);
    expect(refused.headers).toMatchObject({
      'x-ratelimit-limit-requests': '7',
      'x-ratelimit-remaining-requests': '7',
      'x-ratelimit-remaining-tokens': '500',
    });
    expect(scopes.writes).toBe(0);
  });

  test('stand on lists and counts, of which none takes from them', async () => {
    const { call, chat, scopes } = open({ limits: { rpm: 7 } });
    await chat();
    const written = scopes.writes;
    for (const path of ['/v1/models', '/v1/key', '/v1/usage']) {
      const { headers: said } = await call(path, { method: 'GET', headers });
      expect(said['x-ratelimit-remaining-requests']).toBe('6');
    }
    const counted = await call('/v1/messages/count_tokens', {
      headers: { 'x-api-key': 'sk-ann' },
      body: { model: 'gpt-a', messages: [{ role: 'user', content: 'hi' }] },
    });
    expect(counted.headers['anthropic-ratelimit-requests-remaining']).toBe('6');
    expect(scopes.writes).toBe(written);
  });

  test('cost one read a second of answers that take nothing', async () => {
    const { call, scopes, time } = open({ limits: { rpm: 7 } });
    for (let n = 0; n < 5; n += 1) await call('/v1/models', { method: 'GET', headers });
    expect([scopes.reads, scopes.writes]).toEqual([1, 0]);
    await time.advance(1_001);
    await call('/v1/models', { method: 'GET', headers });
    expect(scopes.reads).toBe(2);
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

  const vectors = { data: [{ embedding: [1], index: 0 }], model: 'm', usage: { prompt_tokens: 1, total_tokens: 1 } };
  const others: readonly [string, object, unknown][] = [
    ['/v1/embeddings', { input: 'hi' }, vectors],
    ['/v1/moderations', { input: 'hi' }, { id: 'x', model: 'm', results: [] }],
    ['/v1/rerank', { query: 'q', documents: ['a'] }, { id: 'x', results: [] }],
  ];

  test.each(others)('stands on the answers of %s, too', async (path, body, json) => {
    const said = async (rules: Rules, given: Reply) => {
      const direct = openDirect({
        definition,
        reply: () => ({ ...reply, ...given }),
        ports: () => ({ keys: { find: async () => virtualKeyOf({ rules }) } }),
      });
      return (await direct.call(path, { headers, body: { model: 'gpt-a', ...body } })).headers;
    };
    for (const given of [{ json }, { status: 429, json: { error: { message: 'Slow.' } } }, { status: 500, json: {} }]) {
      expect((await said({}, given))['x-ratelimit-remaining-requests']).toBe('99');
      expect(await said({ limits: { rpm: 5 } }, given)).toMatchObject({
        'x-ratelimit-remaining-requests': '4',
        [own]: '99',
      });
    }
  });

  test('is that of the provider whose refusal the caller gets', async () => {
    const targets = ['p/limited', 'claude/failing'];
    const { call } = openDirect({
      definition: { ...definition, models: { both: targets } },
      reply: ({ url }) =>
        url.endsWith('/messages')
          ? { status: 500, headers: { 'anthropic-ratelimit-requests-remaining': '5' }, json: {} }
          : { status: 429, ...reply, json: { error: { message: 'Slow.' } } },
    });
    const refused = await call('/v1/chat/completions', {
      body: { model: 'both', messages: [{ role: 'user', content: 'hi' }] },
    });
    expect(refused.status).toBe(429);
    expect(refused.headers['x-ratelimit-remaining-requests']).toBe('99');
    expect(refused.headers).not.toHaveProperty('x-sluice-provider-ratelimit-requests-remaining');
  });

  test('stands on a refusal that is the first event of its stream', async () => {
    const { call } = openDirect({
      definition,
      reply: () => ({ ...reply, stream: ['data: {"error":{"message":"Slow.","code":429}}\n\n'] }),
    });
    const body = { model: 'gpt-a', stream: true, messages: [{ role: 'user', content: 'hi' }] };
    const refused = await call('/v1/chat/completions', { body });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.headers['x-ratelimit-remaining-requests']).toBe('99');
  });

  test('stands on a count of tokens, whether the provider counts or refuses', async () => {
    const counting = async (given: Reply) => {
      const { call } = openDirect({
        definition,
        reply: () => ({ headers: { 'anthropic-ratelimit-requests-remaining': '5' }, ...given }),
      });
      const body = { model: 'seen', messages: [{ role: 'user', content: 'hi' }] };
      return (await call('/v1/messages/count_tokens', { body })).headers['anthropic-ratelimit-requests-remaining'];
    };
    expect(await counting({ json: { input_tokens: 3 } })).toBe('5');
    expect(await counting({ status: 429, json: {} })).toBe('5');
  });

  test('has a name of its own where the answer was translated', async () => {
    const said = await ask({}, '/v1/chat/completions', 'seen', claudeReply);
    expect(said[own]).toBe('99');
    expect(said).not.toHaveProperty('x-ratelimit-remaining-requests');
  });
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
