import { expect, test } from 'vitest';
import { type ErrorKind, GatewayError } from '../../../shared/errors.ts';
import { rememberKeys } from '../../../shared/gateway/masking/known-keys.ts';
import type { CredentialPorts } from '../../../shared/upstream/credentials.ts';
import { groupOf, virtualKeyOf } from '../../support/callers.ts';
import { type Asked, openDirect } from '../../support/direct.ts';

const ports = (key: string): CredentialPorts => ({
  providerKey: async (name) => (name === 'KEY' ? key : name),
  serviceAccountTokens: async () => ({ token: 'ya-Token-0123456789' }),
  sign: async () => ({ authorization: 'AWS4 Signature=0', 'x-amz-security-token': 'IQoJb3JpZ2luX2VjE' }),
});

/** What is masked of a message once the key of this name was used. */
async function masked(key: string, message: string): Promise<string> {
  const keys = rememberKeys(ports(key), ['Configured0123']);
  await keys.ports.providerKey('KEY');
  await keys.ports.serviceAccountTokens(key, 'KEY');
  await keys.ports.sign!({ url: '', contentType: '', body: new Uint8Array(), region: '', service: '' });
  return keys.masked(new GatewayError('invalid_request', message, { quote: {} })).message;
}

const KEY = 'zq7Vault9f83kLmN0pQrStail55';

test.each([
  [`bad key ${KEY}.`, 'bad key ***.'],
  [`bad key ${KEY.toUpperCase()}.`, 'bad key ***.'],
  [`bad key ${KEY.slice(0, 8)}...${KEY.slice(-8)}`, 'bad key ***...***'],
  [`bad key ${KEY.slice(5, 15)}`, 'bad key ***'],
  ['bad token ya-Token-0123456789', 'bad token ***'],
  ['bad token IQoJb3JpZ2luX2VjE', 'bad token ***'],
  ['bad header Configured0123', 'bad header ***'],
  [`bad header Basic ${btoa(`user:${KEY}`).replace(/=+$/, '')}`, 'bad header Basic dXNlcj***'],
  ['the vault is closed', 'the vault is closed'],
])('of a message with pieces of a key, %s, only the pieces are masked', async (message, expected) => {
  expect(await masked(KEY, message)).toBe(expected);
});

test('of a key file what is secret is masked, and not what every key file says', async () => {
  const file = JSON.stringify({
    type: 'service_account',
    private_key: 'MIIEvQ-0123456789',
    client_email: 'a@b.example.com',
  });
  expect(await masked(file, 'service_account a@b.example.com MIIEvQ-0123456789')).toBe('service_account *** ***');
});

test('a key with signs is masked as it stands in an address, too', async () => {
  expect(await masked('a/b+c/d+e/f', 'at /v1?key=a%2Fb%2Bc%2Fd%2Be%2Ff')).toBe('at /v1?key=***');
});

test('the keys used last are known: of many short ones 200, of long ones less, and those of the configuration always', async () => {
  const keys = rememberKeys(ports(KEY), ['Configured0123']);
  const say = (text: string) => keys.masked(new GatewayError('invalid_request', text, { quote: {} })).message;
  await keys.ports.providerKey('KEY');
  for (let at = 0; at < 199; at += 1) await keys.ports.providerKey(`other-key-${1_000 + at}`);
  expect(say(KEY)).toBe('***');
  await keys.ports.providerKey('KEY');
  await keys.ports.providerKey('one-more-key-0');
  expect([say(KEY), say('0001'), say('Configured0123')]).toEqual(['***', '0001', '***']);
  await keys.ports.providerKey('long-9-'.repeat(15_000));
  expect([say(KEY), say('one-more-key-0'), say('Configured0123')]).toEqual([KEY, 'one-more-key-0', '***']);
  expect(say('long-9-long-9')).toBe('***');
});

test('a sentence of the gateway is masked where a provider may have a word in it, and its own words stay', async () => {
  const keys = rememberKeys(ports('sk-provider-0123456789-answered'));
  await keys.ports.providerKey('KEY');
  const say = (kind: ErrorKind, text: string) => keys.masked(new GatewayError(kind, text, { code: text }));
  const own = 'The provider answered with something else.';
  expect(say('upstream', own)).toMatchObject({ message: own, code: own });
  expect(say('upstream', "The provider stopped its answer with 'sk-provider-0123456789-answered'.").message).toBe(
    "The provider stopped its answer with 'sk-p***d'.",
  );
  expect(say('rate_limited', 'Not described: key provider-01 is over its limit.').message).toBe(
    'Not described: key p*** is over its limit.',
  );
  const model = 'There is no model r-012345.';
  expect(say('model_not_found', model)).toMatchObject({ message: model, code: 'There is no model ***.' });
});

test('whether a guess of the caller is a piece of a key is not seen in an error', async () => {
  const keys = rememberKeys(ports('sk-proj-Ab3dEf9876xyzQRSTuvw'));
  await keys.ports.providerKey('KEY');
  for (const guess of ['k-proj-A', 'k-proj-B', 'k-p r o j.A b3']) {
    const message = `Invalid value: '${guess}', under the key proj-Ab3dE.`;
    const wording = { format: 'f', fields: { message } };
    const error = new GatewayError('invalid_request', message, { param: guess, code: guess, quote: { wording } });
    const expected = message.replace('proj-Ab3dE', '***');
    expect(keys.masked(error, { user: guess })).toMatchObject({
      message: expected,
      param: guess,
      code: guess,
      quote: { wording: { fields: { message: expected } } },
    });
    expect(keys.masked(new GatewayError('not_found', `Unknown URL: /${guess}.`)).message).toBe(
      `Unknown URL: /${guess}.`,
    );
  }
});

test('a caller that guesses reads its guess again, whoever answers and whether it is right', async () => {
  const { call } = openDirect({
    definition: {
      providers: {
        p: { baseUrl: 'http://127.0.0.1:9/v1', secret: 'OURS' },
        a: { preset: 'anthropic', baseUrl: 'http://127.0.0.1:9/v1', secret: 'OURS' },
      },
    },
    reply: ({ text: body, headers }) => ({
      status: 400,
      json: { error: { message: `Invalid: ${body} ${headers['anthropic-beta']}`, type: 'invalid_request_error' } },
    }),
    ports: () => ({ providerKey: async () => 'sk-proj-Ab3dEf9876xyzQRSTuvw' }),
  });
  const ask = (path: string, body: object) =>
    call(path, { body: { messages: [{ role: 'user', content: 'hi' }], ...body } });
  await ask('/v1/chat/completions', { model: 'p/m' });
  for (const guess of ['k-proj-A', 'k-proj-B']) {
    const answers = [
      await ask('/v1/chat/completions', { model: 'p/m', user: guess }),
      await ask('/v1/chat/completions', { model: guess }),
      await ask('/v1/messages', { model: 'p/m', max_tokens: 1, metadata: { user_id: guess } }),
      await call('/v1/messages', {
        headers: { authorization: 'Bearer sk-direct-0123456789', 'anthropic-beta': guess },
        body: { model: 'a/m', max_tokens: 1, messages: [{ role: 'user', content: 'hi' }] },
      }),
      await ask(`/v1/${guess}`, {}),
    ];
    for (const { status, text } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(text).toContain(guess);
    }
  }
});

/** A provider that refuses a request by its headers. */
const echoes = ({ url, headers }: Asked) => ({
  status: 400,
  json: { error: { message: `Cannot take ${url} ${JSON.stringify(headers)}`, type: 'invalid_request_error' } },
});

test("a provider that echoes what it was sent shows neither a group's own key nor secrets of the configuration", async () => {
  const group = groupOf('team', { providerKeys: { p: 'OURS_TEAM_KEY' } });
  const { call } = openDirect({
    definition: {
      providers: {
        p: {
          baseUrl: 'http://127.0.0.1:9/v1',
          secret: 'OURS',
          headers: { 'x-api-key': 'Header-Secret-1', 'x-title': 'Our team' },
          query: 'api-version=2024-10-21&sig=Query-Secret-2',
        },
      },
    },
    reply: echoes,
    ports: () => ({
      providerKey: async (name) => `${name}-Qw3rty-7`,
      keys: { find: async () => virtualKeyOf({ group: 'team' }) },
      groups: { find: async (id) => (id === 'team' ? group : undefined) },
    }),
  });
  const headers = { authorization: 'Bearer sk-ann' };
  const { status, text } = await call('/v1/chat/completions', {
    headers,
    body: { model: 'p/m', messages: [{ role: 'user', content: 'hi' }] },
  });
  expect(status).toBe(400);
  expect(text).not.toMatch(/TEAM_KEY|Qw3rty|Header-Secret|Query-Secret/i);
  expect(text).toContain('Our team');
  expect(text).toContain('api-version=2024-10-21');
});
