import { expect, test } from 'vitest';
import { isTokenLike, readToken } from '../../shared/identity/token.ts';
import { encode } from '../support/issuer.ts';

const head = encode({ alg: 'ES256', kid: 'k', typ: 'JWT' });
const body = encode({ sub: 'ann' });
const good = `${head}.${body}.c2lnbg`;

test('a token is taken apart, and what was signed is its text up to the last dot', () => {
  expect(readToken(good)).toEqual({
    algorithm: 'ES256',
    keyId: 'k',
    claims: { sub: 'ann' },
    signed: `${head}.${body}`,
    signature: Buffer.from('sign'),
  });
});

test.each(['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt'])('a token of the type %s opens the door', (typ) => {
  expect(readToken(`${encode({ alg: 'RS256', typ })}.${body}.c2ln`).algorithm).toBe('RS256');
});

test('a token needs neither a type nor the id of its key', () => {
  expect(readToken(`${encode({ alg: 'RS256' })}.${body}.c2ln`).keyId).toBeUndefined();
});

const withHead = (header: unknown): string => `${encode(header)}.${body}.c2ln`;

test.each<[string, string]>([
  ['an empty part', `${head}..c2ln`],
  ['no signature', `${head}.${body}.`],
  ['two parts', `${head}.${body}`],
  ['four parts', `${good}.c2ln`],
  ['padding', `${head}.${body}.c2lnbg==`],
  ['base64 that is not of URLs', `${head}.${body}.a+/b`],
  ['bits left over in its last character', `${head}.${body}.c2lnbh`],
  ['a line break', `${head}.${body}.c2ln\n`],
  ['a space', `${head}. ${body}.c2ln`],
  ['a header that is no JSON', `${encode('{')}.${body}.c2ln`],
  ['a header that is a list', withHead([1])],
  ['claims that are a text', `${head}.${encode('"x"')}.c2ln`],
  ['claims that are not UTF-8', `${head}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.c2ln`],
  ['claims that are nested deep', `${head}.${encode(`{"a":${'['.repeat(3000)}${']'.repeat(3000)}}`)}.c2ln`],
  ['no algorithm', withHead({ kid: 'k' })],
  ['an algorithm that is a number', withHead({ alg: 1 })],
  ['a key id that is a number', withHead({ alg: 'RS256', kid: 1 })],
  ['a key id without end', withHead({ alg: 'RS256', kid: 'k'.repeat(301) })],
])('a token with %s is not well-formed', (_, text) => {
  expect(() => readToken(text)).toThrow(/not a well-formed/);
});

test('a token that has an extension which must be understood is refused', () => {
  expect(() => readToken(withHead({ alg: 'RS256', crit: ['b64'], b64: false }))).toThrow(/'crit'/);
  expect(() => readToken(withHead({ alg: 'RS256', crit: null }))).toThrow(/'crit'/);
});

test.each(['logout+jwt', 'dpop+jwt', 'JOSE', '', 1])('what is signed for another purpose (%j) is refused', (typ) => {
  expect(() => readToken(withHead({ alg: 'RS256', typ }))).toThrow(/type/);
});

test('a token has at most 16,384 characters', () => {
  const padded = (length: number): string => {
    const rest = length - head.length - 2 - 4;
    return `${head}.${encode(`{"a":"${'x'.repeat(Math.floor((rest * 3) / 4) - 8)}"}`)}.c2ln`;
  };
  expect(padded(16_384).length).toBeGreaterThan(16_370);
  expect(readToken(padded(16_384)).algorithm).toBe('ES256');
  expect(() => readToken('x'.repeat(16_385))).toThrow(/longer than 16384/);
});

test.each([
  ['a.b.c', true],
  ['..', true],
  [good, true],
  ['sk-sluice-0123', false],
  ['a.b', false],
  ['a.b.c.d', false],
  ['a.b.c.d.e', false],
])('%s has the form of a token: %s', (text, expected) => expect(isTokenLike(text)).toBe(expected));
