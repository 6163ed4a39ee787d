import Anthropic from '@anthropic-ai/sdk';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type LocalTable, startTable } from '../../../infra/local/table.ts';
import { createRates } from '../../../shared/accounting/limits/rates.ts';
import { toItem } from '../../../shared/aws/attributes.ts';
import { groupPartition } from '../../../shared/aws/groups.ts';
import { keySetPartition } from '../../../shared/aws/issuers/key-sets.ts';
import { createScopes } from '../../../shared/aws/scopes.ts';
import type { GatewayPorts } from '../../../shared/gateway/ports.ts';
import { makeKey, startIssuer, type TestIssuer } from '../../support/issuer.ts';
import { completion, sendJson, startProvider, type TestProvider } from '../../support/provider.ts';
import { type Rig, startRig } from '../../support/rig.ts';

/** Callers with a token: a real issuer, a real table, the official clients. */
let provider: TestProvider;
let issuer: TestIssuer;
let rig: Rig;
let local: LocalTable;

const messages = [{ role: 'user' as const, content: 'hi' }];

beforeAll(async () => {
  provider = await startProvider((_, response) => sendJson(response, 200, completion('ok')));
  issuer = await startIssuer();
  local = await startTable();
  rig = await startRig({ definition: definitionFor(issuer), table: local, ports: patient });
  await putGroup('research', { models: ['gpt-*'] });
  await putGroup('small', { limits: { rpm: 2 } });
});
afterAll(async () => {
  await Promise.all([rig.close(), issuer.close(), provider.close()]);
  await local.close();
});

/** On a busy machine the table may take longer than limits wait for it; then they would be open. */
const patient = ({ time, log }: GatewayPorts) => ({
  rates: createRates({ scopes: createScopes(local.table, time), time, log, tableMs: 10_000 }),
});

function definitionFor({ url, host }: TestIssuer, fields: object = {}): object {
  return {
    providers: { mock: { baseUrl: `${provider.url}/v1`, auth: 'none' } },
    models: { 'gpt-a': 'mock/a', other: 'mock/b' },
    jwt: {
      trustedHosts: [host],
      issuers: [
        {
          issuer: url,
          audiences: ['gateway'],
          claims: { owner: 'email', name: 'name', group: 'team', models: 'models' },
          defaultGroup: 'research',
          rules: { limits: { rpm: 1000 } },
          ...fields,
        },
      ],
    },
  };
}

async function putGroup(id: string, rules: object): Promise<void> {
  const { client, name } = rig.local.table;
  const fields = { v: 1, id, name: id, createdAt: 1, rules: JSON.stringify(rules) };
  const Item = toItem({ pk: groupPartition(id), sk: 'GROUP', ...fields });
  await client.send(new PutItemCommand({ TableName: name, Item }));
}

const openai = (apiKey: string, at = rig) => new OpenAI({ apiKey, baseURL: `${at.url}/v1`, maxRetries: 0 });
const ask = (token: string, model = 'gpt-a', at = rig) =>
  openai(token, at).chat.completions.create({ model, messages });
const get = async (path: string, token: string) =>
  (await fetch(rig.url + path, { headers: { authorization: `Bearer ${token}` } })).json();
const thrown = <Kind>(work: PromiseLike<unknown>): Promise<Kind> =>
  Promise.resolve(work).then(
    () => expect.fail('it was let in'),
    (error) => error as Kind,
  );

describe('a token as the key of the official clients', () => {
  test('gets an answer from OpenAI’s, and a record with issuer, subject and name', async () => {
    const reply = await ask(issuer.token({ sub: 'ann', name: 'Ann' }));
    expect(reply.choices[0]?.message.content).toBe('ok');
    await expect
      .poll(() => rig.requests.at(-1))
      .toMatchObject({ caller: `${issuer.url}#ann`, callerName: 'Ann', status: 200 });
  });

  test('gets an answer from Anthropic’s, as an API key and as an auth token', async () => {
    const token = issuer.token();
    for (const options of [{ apiKey: token }, { authToken: token, apiKey: null }]) {
      const client = new Anthropic({ ...options, baseURL: rig.url, maxRetries: 0 });
      const reply = await client.messages.create({ model: 'gpt-a', max_tokens: 5, messages });
      expect(reply.content).toMatchObject([{ type: 'text', text: 'ok' }]);
    }
  });

  test('that is not accepted is the clients’ own error of sign-in', async () => {
    const past = Math.floor(Date.now() / 1000) - 100;
    const error = await thrown<InstanceType<typeof OpenAI.AuthenticationError>>(ask(issuer.token({ exp: past })));
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect([error.status, error.code, error.message]).toEqual([
      401,
      'invalid_api_key',
      expect.stringContaining('The token has expired.'),
    ]);
    const client = new Anthropic({ apiKey: issuer.token({}, makeKey('RS256')), baseURL: rig.url, maxRetries: 0 });
    const refused = client.messages.create({ model: 'gpt-a', max_tokens: 5, messages });
    expect(await thrown(refused)).toBeInstanceOf(Anthropic.AuthenticationError);
  });

  test('of a group that does not exist is the clients’ own error of permission, and says so', async () => {
    const error = await thrown<InstanceType<typeof OpenAI.PermissionDeniedError>>(ask(issuer.token({ team: 'gone' })));
    expect(error).toBeInstanceOf(OpenAI.PermissionDeniedError);
    expect(error.message).toContain("The group 'gone' that you belong to does not exist in this gateway.");
  });

  test('of the organisation alone is of no group: everybody belongs to it', async () => {
    expect(await thrown(ask(issuer.token({ team: 'organization' })))).toBeInstanceOf(OpenAI.PermissionDeniedError);
  });
});

describe('what a caller with a token may do', () => {
  test('is what its group allows', async () => {
    const client = openai(issuer.token());
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['gpt-a']);
    expect(await thrown(ask(issuer.token(), 'other'))).toBeInstanceOf(OpenAI.NotFoundError);
  });

  test('is what its claim allows, within its group', async () => {
    const token = issuer.token({ sub: 'few', team: ['unknown', 'small'], models: ['oth*', 'gpt-x'] });
    expect((await openai(token).models.list()).data.map(({ id }) => id)).toEqual(['other']);
    expect(await thrown(ask(token, 'gpt-a'))).toBeInstanceOf(OpenAI.NotFoundError);
    const within = issuer.token({ models: 'other' });
    expect((await openai(within).models.list()).data).toEqual([]);
  });

  test('is limited as its group: its members share the limit, whoever they are', async () => {
    await putGroup('pair', { limits: { rpm: 2 } });
    await ask(issuer.token({ sub: 'one', team: 'pair' }));
    await ask(issuer.token({ sub: 'two', team: 'pair' }));
    const error = await thrown<InstanceType<typeof OpenAI.RateLimitError>>(
      ask(issuer.token({ sub: 'three', team: 'pair' })),
    );
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error.message).toContain("the group 'pair' (limit 2)");
  });

  test('is limited as itself, with whichever token it comes', async () => {
    const own = await startIssuer();
    const limited = await startRig({
      definition: definitionFor(own, { claims: {}, defaultGroup: undefined, rules: { limits: { rpm: 2 } } }),
      table: local,
      ports: patient,
    });
    onTestFinished(async () => void (await Promise.all([limited.close(), own.close()])));
    for (const jti of ['1', '2']) await ask(own.token({ jti }), 'gpt-a', limited);
    const error = await thrown<InstanceType<typeof OpenAI.RateLimitError>>(
      ask(own.token({ jti: '3' }), 'gpt-a', limited),
    );
    expect([error.status, error.message]).toEqual([429, expect.stringContaining('of this identity (limit 2)')]);
    expect(error.headers?.get('x-ratelimit-limit-requests')).toBe('2');
    expect((await ask(own.token({ sub: 'other' }), 'gpt-a', limited)).choices).toHaveLength(1);
  });

  test('and what it used, it can see itself', async () => {
    const token = issuer.token({ sub: 'seen', email: 'seen@example.com', exp: 4_000_000_000 });
    await ask(token);
    expect(await get('/v1/key', token)).toMatchObject({
      object: 'key',
      id: `${issuer.url}#seen`,
      name: 'seen@example.com',
      owner: 'seen@example.com',
      group: 'research',
      expiresAt: 4_000_000_000,
      levels: [
        { level: 'identity', limits: { rpm: { limit: 1000, remaining: 999 } } },
        { level: 'group', id: 'research', rules: { models: ['gpt-*'] } },
      ],
    });
    const callers = async () => (await rig.records(1)).map(({ caller }) => caller);
    await expect.poll(callers).toContain(`${issuer.url}#seen`);
    expect(await get('/v1/usage', token)).toMatchObject({ data: [{ model: 'gpt-a', requests: 1 }] });
  });
});

describe('the keys of the issuer', () => {
  test('were fetched once for all of this, and lie in the table for the next process', async () => {
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
    const next = await startRig({ definition: definitionFor(issuer), table: rig.local });
    onTestFinished(next.close);
    expect((await ask(issuer.token(), 'gpt-a', next)).choices).toHaveLength(1);
    expect(issuer.asked).toHaveLength(2);
    const Key = { pk: { S: keySetPartition(issuer.url) }, sk: { S: 'KEYS' } };
    const { client, name: TableName } = rig.local.table;
    const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
    expect(Item).toMatchObject({ v: { N: '1' }, issuer: { S: issuer.url }, text: { S: expect.any(String) } });
    expect(Number(Item?.ttl?.N)).toBeGreaterThan(Date.now() / 1000 + 6 * 86_400);
  });

  test('are asked for once, however many unknown keys a stranger names', async () => {
    const own = await startIssuer();
    const flooded = await startRig({ definition: definitionFor(own), table: rig.local });
    onTestFinished(async () => void (await Promise.all([flooded.close(), own.close()])));
    const key = own.keys[0]!;
    const tokens = Array.from({ length: 1_000 }, (_, at) => own.token({}, { ...key, id: `unknown-${at}` }));
    for (let at = 0; at < tokens.length; at += 50) {
      const answers = tokens.slice(at, at + 50).map((token) => flooded.post({}, { authorization: `Bearer ${token}` }));
      expect(new Set((await Promise.all(answers)).map(({ status }) => status))).toEqual(new Set([401]));
    }
    expect(own.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  test.each<[string, TestIssuer['answer']]>([
    ['breaks off', (response) => response.destroy()],
    ['answers 500', (response) => response.writeHead(500).end()],
    ['sends elsewhere', (response) => response.writeHead(302, { location: '/away' }).end()],
    ['answers without end', (response) => response.write('x'.repeat(70_000))],
    ['answers with more than 64 KB', (response) => response.end(`"${'x'.repeat(65_536)}"`)],
  ])('cannot be had from one that %s: 503 with the time to wait', async (_, answer) => {
    const own = await startIssuer();
    own.answer = answer;
    const down = await startRig({ definition: definitionFor(own), table: rig.local });
    onTestFinished(async () => void (await Promise.all([down.close(), own.close()])));
    const token = own.token();
    const openaiAnswer = await down.post({ model: 'gpt-a', messages }, { authorization: `Bearer ${token}` });
    expect([openaiAnswer.status, openaiAnswer.headers.get('retry-after')]).toEqual([503, '5']);
    const headers = { authorization: '', 'x-api-key': token, 'anthropic-version': '2023-06-01' };
    const anthropicAnswer = await down.post({ model: 'gpt-a', messages }, headers, '/v1/messages');
    expect(anthropicAnswer.status).toBe(529);
    expect(await anthropicAnswer.json()).toMatchObject({ type: 'error', error: { type: 'overloaded_error' } });
    expect(own.asked).not.toContain('/away');
    // The log says which issuer, and why; neither says the token.
    const said = JSON.stringify(down.logged.map(({ fields }) => [fields, String(fields?.cause)]));
    expect(said).toContain(own.url);
    expect(said).not.toContain(token.slice(0, 20));
  });
});

test('a text of three parts is never looked up as a key, whether tokens are accepted or not', async () => {
  const plain = await startRig({
    definition: { providers: { mock: { baseUrl: `${provider.url}/v1`, auth: 'none' } } },
    ports: () => ({ keys: { find: () => expect.fail('it was looked up') } }),
  });
  onTestFinished(plain.close);
  for (const key of [issuer.token(), 'a.b.c', '..']) {
    const response = await plain.post({ model: 'mock/a', messages }, { authorization: `Bearer ${key}` });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('not accepted here') } });
  }
});
