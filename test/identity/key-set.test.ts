import { expect, test } from 'vitest';
import { keysFor, readKeySet, writeKeySet } from '../../shared/identity/key-set.ts';
import { makeKey } from '../support/issuer.ts';

const rsa = makeKey('RS256', 'r');
const ec = makeKey('ES256', 'e');
const setOf = (...keys: unknown[]): string => JSON.stringify({ keys });
const without = (jwk: object, ...names: string[]): object =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => !names.includes(name)));

test('the keys of a set are read, and what is stored of them reads the same', () => {
  const keys = readKeySet(setOf({ ...rsa.jwk, x5c: ['certificate'] }, ec.jwk));
  expect(keys.map(({ id, algorithm }) => [id, algorithm])).toEqual([
    ['r', 'RS256'],
    ['e', 'ES256'],
  ]);
  const stored = writeKeySet(keys);
  expect(stored).not.toContain('certificate');
  expect(readKeySet(stored).map(({ text }) => text)).toEqual(keys.map(({ text }) => text));
});

test.each<[string, unknown]>([
  ['for encryption', { ...rsa.jwk, use: 'enc' }],
  ['for other operations', { ...rsa.jwk, key_ops: ['encrypt'] }],
  ['a shared secret', { kty: 'oct', k: 'c2VjcmV0', kid: 'r', alg: 'HS256' }],
  ['of a type that is not known', { ...rsa.jwk, kty: 'XYZ' }],
  ['of a type that every object has', { ...rsa.jwk, kty: 'constructor' }],
  ['of a curve that is not known', { ...ec.jwk, crv: 'P-999' }],
  ['not on its curve', { ...ec.jwk, x: 'AAAA' }],
  ['incomplete', without(rsa.jwk, 'n')],
  ['with an id that is a number', { ...rsa.jwk, kid: 1 }],
  ['no object', 'key'],
])('a key %s is left out, and the others are used', (_, wrong) => {
  expect(readKeySet(setOf(wrong, ec.jwk)).map(({ id }) => id)).toEqual(['e']);
  expect(() => readKeySet(setOf(wrong))).toThrow('no key');
});

test('of a private key that an issuer shows by mistake, the public part alone is used and stored', () => {
  const [key] = readKeySet(setOf({ ...rsa.privateKey.export({ format: 'jwk' }), kid: 'r' }));
  expect(key!.key.type).toBe('public');
  expect(Object.keys(JSON.parse(key!.text)).sort()).toEqual(['e', 'kid', 'kty', 'n']);
});

test.each(['', '{}', '[]', '{"keys":{}}', '{"keys":[]}', 'x'])('%j is no set of keys', (text) => {
  expect(() => readKeySet(text)).toThrow();
});

test('a set has at most 100 keys', () => {
  expect(readKeySet(setOf(...Array(100).fill(ec.jwk)))).toHaveLength(100);
  expect(() => readKeySet(setOf(...Array(101).fill(ec.jwk)))).toThrow('more than 100');
});

test('the key of a token is found by its id, and fits the algorithm that the token and the key name', () => {
  const keys = readKeySet(setOf(rsa.jwk, ec.jwk, without({ ...rsa.jwk, kid: 'any' }, 'alg')));
  const found = (algorithm: string, id?: string) => keysFor(keys, algorithm, id).map((key) => key.id);
  expect(found('RS256', 'r')).toEqual(['r']);
  expect(found('RS512', 'r')).toEqual([]);
  expect(found('RS512', 'any')).toEqual(['any']);
  expect(found('ES256', 'r')).toEqual([]);
  expect(found('ES256', 'other')).toEqual([]);
});

test('a token without the id of a key is accepted only where one key can have signed it', () => {
  const keys = readKeySet(setOf(rsa.jwk, ec.jwk, { ...rsa.jwk, kid: 'second' }));
  expect(keysFor(keys, 'ES256', undefined).map(({ id }) => id)).toEqual(['e']);
  expect(keysFor(keys, 'RS256', undefined)).toEqual([]);
});

test('of many keys with one id, three are tried', () => {
  const keys = readKeySet(setOf(...Array.from({ length: 10 }, () => makeKey('ES256', 'same').jwk)));
  expect(keysFor(keys, 'ES256', 'same')).toHaveLength(3);
});
