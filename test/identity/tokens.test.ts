import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createTokens } from '../../shared/identity/tokens.ts';
import { createFakeTime } from '../support/fake-time.ts';
import { encode, issuerConfig, makeKey, type SigningKey, signToken } from '../support/issuer.ts';

const key = makeKey('RS256', 'one');
const other = makeKey('RS256', 'two');
const start = 1_700_000_000;
const claims = { iss: 'https://issuer.example.com', sub: 'ann', aud: 'gateway', exp: start + 3600 };

function open(config: object = {}) {
  const time = createFakeTime({ now: start * 1000 });
  const state = { keys: [key] as SigningKey[], isDown: false, fetches: 0 };
  const own = { jwksUrl: 'https://issuer.example.com/keys', ...config };
  const second = { ...own, issuer: 'https://second.example.com', audiences: ['other'] };
  const tokens = createTokens({
    issuers: [issuerConfig(own), issuerConfig(second)],
    async fetchText() {
      state.fetches += 1;
      if (state.isDown) throw new Error('down');
      return JSON.stringify({ keys: state.keys.map(({ jwk }) => jwk) });
    },
    store: { read: async () => undefined, write: async () => {} },
    log: { warn: () => {} },
    time,
  });
  const verify = (token: string) => tokens.verify(token, createHash('sha256').update(token).digest('hex'));
  return { verify, time, state };
}

test('a token says who its owner is, again and again until it ends', async () => {
  const { verify, time } = open();
  const token = signToken(claims, key);
  const ann = { id: 'https://issuer.example.com#ann', name: 'ann', owner: 'ann', expiresAt: start + 3600 };
  expect(await verify(token)).toEqual(ann);
  await time.advance(3_659_000);
  expect(await verify(token)).toEqual(ann);
  await time.advance(1_000);
  await expect(verify(token)).rejects.toThrow('The token has expired.');
});

test('a token that was remembered ends with the key that signed it', async () => {
  const { verify, time, state } = open();
  const token = signToken(claims, key);
  await verify(token);
  state.keys = [other];
  await time.advance(60_000);
  await verify(signToken(claims, other));
  await expect(verify(token)).rejects.toThrow('a key that its issuer does not have');
});

test('while tokens are remembered, keys are asked for again every day', async () => {
  const { verify, time, state } = open();
  const token = signToken({ ...claims, exp: start + 10 * 86_400 }, key);
  await verify(token);
  const { fetches } = state;
  await time.advance(86_400_000);
  await verify(token);
  await time.advance(0);
  expect(state.fetches).toBe(fetches + 1);
});

describe('a token is refused', () => {
  const { verify } = open({ algorithms: ['RS256', 'ES256'] });
  const head = (fields: object): string => encode({ alg: 'RS256', kid: 'one', typ: 'JWT', ...fields });
  const unsigned = (fields: object): string => `${head(fields)}.${encode(claims)}.${encode('x')}`;
  const [good] = [signToken(claims, key)];
  const [goodHead, , goodSignature] = good.split('.');
  const pem = `${head({ alg: 'HS256' })}.${encode(claims)}`;

  test.each<[string, string, RegExp]>([
    ['without a signature', unsigned({ alg: 'none' }), /a way that is not accepted/],
    ['signed with the public key as a shared secret', `${pem}.${encode('x')}`, /a way that is not accepted/],
    ['signed in a way that this issuer does not use', signToken(claims, makeKey('ES384', 'one')), /a way that is not/],
    ['signed for another type than its key', unsigned({ alg: 'ES256' }), /does not have/],
    ['signed by another key of the same id', signToken(claims, makeKey('RS256', 'one')), /signature is wrong/],
    ['with other claims', `${goodHead}.${encode({ ...claims, sub: 'bob' })}.${goodSignature}`, /signature is wrong/],
    ['with the key in its own header', signToken(claims, other, { kid: 'x', jwk: other.jwk }), /does not have/],
    [
      'with an address of keys in its header',
      signToken(claims, other, { kid: 'x', jku: 'https://x' }),
      /does not have/,
    ],
    ['of another issuer', signToken({ ...claims, iss: 'https://x.example.com' }, key), /an issuer that is not/],
    ['of an issuer with a slash more', signToken({ ...claims, iss: `${claims.iss}/` }, key), /an issuer that is not/],
    ['of an issuer in a list', signToken({ ...claims, iss: [claims.iss] }, key), /an issuer that is not/],
    ['without an issuer', signToken({ ...claims, iss: undefined }, key), /an issuer that is not/],
    ["with another issuer's audience", signToken({ ...claims, aud: 'other' }, key), /'aud'/],
    ['that has expired', signToken({ ...claims, exp: start - 61 }, key), /expired/],
    ['with an extension', signToken(claims, key, { crit: ['exp'] }), /'crit'/],
    ['whose key is not known', signToken(claims, key, { kid: 'unknown' }), /does not have/],
    ['without a subject', signToken({ ...claims, sub: undefined }, key), /no 'sub'/],
  ])('%s', async (_, token, message) => {
    await expect(verify(token)).rejects.toMatchObject({
      kind: 'unauthenticated',
      code: 'invalid_api_key',
      message: expect.stringMatching(message),
    });
  });

  test('with any character of it changed', async () => {
    await verify(good);
    for (let at = 0; at < good.length; at += 7) {
      const changed = good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1);
      await expect(verify(changed)).rejects.toMatchObject({ kind: 'unauthenticated' });
    }
  });
});

test('a signature is looked at before what the claims allow: nobody learns of groups by forging', async () => {
  const { verify } = open({ claims: { group: 'groups' } });
  await expect(verify(signToken(claims, makeKey('RS256', 'one')))).rejects.toMatchObject({ kind: 'unauthenticated' });
  await expect(verify(signToken(claims, key))).rejects.toMatchObject({ kind: 'forbidden' });
});

test('a token without the id of its key is accepted where its issuer has one', async () => {
  const { verify } = open();
  expect(await verify(signToken(claims, key, { kid: undefined }))).toMatchObject({ owner: 'ann' });
});

test('while no keys can be had, a token is neither accepted nor refused', async () => {
  const { verify, state } = open();
  // Its first question has not been sent yet.
  state.isDown = true;
  await expect(verify(signToken(claims, key))).rejects.toMatchObject({ kind: 'overloaded', retryAfter: 5 });
});

test('the longest token takes no time to refuse', async () => {
  const { verify } = open();
  await expect(verify(`${'A'.repeat(1_000_000)}.A.A`)).rejects.toMatchObject({ kind: 'unauthenticated' });
});
