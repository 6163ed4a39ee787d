import { expect, test } from 'vitest';
import { GatewayError, refuse } from '../../shared/errors.ts';
import { type CallToSign, type CredentialPorts, credentialHeaders } from '../../shared/upstream/credentials.ts';
import { targetOf } from '../support/targets.ts';

const call = { url: 'https://a.example/v1', contentType: 'application/json', body: Buffer.from('{}') };
const unused = new GatewayError('internal', 'no token was expected');

const headersOf = (settings: Parameters<typeof targetOf>[1], ports: Partial<CredentialPorts> = {}) =>
  credentialHeaders(targetOf('p/m', settings), call, {
    providerKey: async (name) => `key-of-${name}`,
    serviceAccountTokens: async () => refuse(unused),
    ...ports,
  });

test.each([
  ['bearer', { authorization: 'Bearer key-of-MINE' }],
  ['api-key', { 'api-key': 'key-of-MINE' }],
  ['x-api-key', { 'x-api-key': 'key-of-MINE' }],
  ['x-goog-api-key', { 'x-goog-api-key': 'key-of-MINE' }],
])('a key goes as %s where the provider wants it there', async (auth, headers) => {
  expect(await headersOf({ auth, secret: 'MINE' })).toEqual(headers);
});

test('a provider without a key gets no headers, and no key is looked up', async () => {
  const providerKey = () => Promise.reject(new Error('looked up'));
  expect(await headersOf({ auth: 'none' }, { providerKey })).toEqual({});
});

test('a key whose name is not of the provider is neither looked up nor sent', async () => {
  const { provider, ...target } = targetOf('p/m', { auth: 'bearer', secret: 'MINE' });
  const lookedUp: string[] = [];
  const ask = (secret: string) =>
    credentialHeaders({ ...target, provider: { ...provider, secret } }, call, {
      providerKey: async (name) => {
        lookedUp.push(name);
        return 'a-key';
      },
      serviceAccountTokens: async () => refuse(unused),
    });
  expect(await ask('MASTER_KEY')).toMatchObject({
    refusal: { kind: 'upstream_auth', message: expect.stringContaining("its own keys begin with 'MINE_'") },
  });
  expect(await ask('MINE_TOO')).toEqual({ authorization: 'Bearer a-key' });
  expect(lookedUp).toEqual(['MINE_TOO']);
});

test.each([undefined, ''])(
  'a key that is not stored (%j) is the trouble of the owner, who reads its name',
  async (key) => {
    expect(await headersOf({ auth: 'bearer', secret: 'MINE' }, { providerKey: async () => key })).toMatchObject({
      refusal: { kind: 'upstream_auth', message: "The gateway has no key 'MINE' for the provider 'p'." },
    });
  },
);

test.each(['sk-1\n', 'sk 1', 'sk-\u2019', ' sk-1'])(
  'a key that no header takes (%j) is the trouble of the owner, and shows nothing of itself',
  async (key) => {
    const refused = await headersOf({ auth: 'bearer', secret: 'MINE' }, { providerKey: async () => key });
    expect(refused).toMatchObject({ refusal: { kind: 'upstream_auth', message: expect.stringContaining("'MINE'") } });
    expect(JSON.stringify(refused)).not.toContain(key.trim());
  },
);

const vertex = { preset: 'vertex', parameters: { project: 'p', location: 'us-east1' }, secret: 'FILE' };

test("a service account's key file buys a token", async () => {
  const asked: string[][] = [];
  const serviceAccountTokens = async (...given: [string, string]) => {
    asked.push(given);
    return { token: 't0k' };
  };
  expect(await headersOf(vertex, { serviceAccountTokens })).toEqual({ authorization: 'Bearer t0k' });
  expect(asked).toEqual([['key-of-FILE', 'FILE']]);
});

test('a token that is refused is the refusal', async () => {
  expect(await headersOf(vertex)).toEqual({ refusal: unused });
});

const bedrock = { preset: 'bedrock', parameters: { region: 'eu-west-1' } };

test("a call to AWS is signed with the gateway's role, for its region and service", async () => {
  const signed: CallToSign[] = [];
  const sign = async (toSign: CallToSign) => {
    signed.push(toSign);
    return { authorization: 'AWS4' };
  };
  expect(await headersOf(bedrock, { sign })).toEqual({ authorization: 'AWS4' });
  expect(signed).toEqual([{ ...call, contentType: 'application/json', region: 'eu-west-1', service: 'bedrock' }]);
});

test('without a role no call to AWS is made, and a signature that fails is a refusal', async () => {
  expect(await headersOf(bedrock)).toMatchObject({ refusal: { kind: 'upstream_auth' } });
  const failure = new GatewayError('upstream_auth', 'No credentials.');
  expect(await headersOf(bedrock, { sign: () => Promise.reject(failure) })).toEqual({ refusal: failure });
});
