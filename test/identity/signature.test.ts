import { createHmac, createPublicKey, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { tokenAlgorithms } from '../../shared/catalog/callers.ts';
import { fits, isSignedBy } from '../../shared/identity/signature.ts';
import { makeKey, type SigningKey, signText } from '../support/issuer.ts';

const keys = new Map<string, SigningKey>(tokenAlgorithms.map((algorithm) => [algorithm, makeKey(algorithm)]));
const publicKeyOf = ({ privateKey }: SigningKey) => createPublicKey(privateKey);
const text = 'head.body';

describe.each([...tokenAlgorithms])('a signature of %s', (algorithm) => {
  const key = keys.get(algorithm)!;
  const publicKey = publicKeyOf(key);
  const signature = signText(text, key);

  test('is of the key that made it, and of that text only', () => {
    expect(isSignedBy(algorithm, publicKey, text, signature)).toBe(true);
    expect(isSignedBy(algorithm, publicKey, `${text}x`, signature)).toBe(false);
    expect(isSignedBy(algorithm, publicKeyOf(makeKey(algorithm)), text, signature)).toBe(false);
  });

  test('that was changed or cut is of nobody', () => {
    const changed = Buffer.from(signature);
    changed[changed.length - 1]! ^= 1;
    for (const wrong of [changed, signature.subarray(1), Buffer.alloc(signature.length), Buffer.alloc(0)])
      expect(isSignedBy(algorithm, publicKey, text, wrong)).toBe(false);
  });

  test('is not taken for one of another algorithm', () => {
    const others = tokenAlgorithms.filter((other) => other !== algorithm);
    expect(others.filter((other) => isSignedBy(other, publicKey, text, signature))).toEqual([]);
  });
});

test.each(['none', 'None', 'HS256', 'HS512', '', 'RS1', '__proto__', 'constructor'])(
  'the algorithm %j fits no key, and verifies nothing',
  (algorithm) => {
    const publicKey = publicKeyOf(keys.get('RS256')!);
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    const forged = createHmac('sha256', pem).update(text).digest();
    expect(fits(algorithm, publicKey)).toBe(false);
    expect(isSignedBy(algorithm, publicKey, text, forged)).toBe(false);
    expect(isSignedBy(algorithm, publicKey, text, Buffer.alloc(0))).toBe(false);
  },
);

test('a signature in the form of certificates (DER) is none of a token', () => {
  const key = keys.get('ES256')!;
  const der = sign('sha256', Buffer.from(text), key.privateKey);
  expect(isSignedBy('ES256', publicKeyOf(key), text, der)).toBe(false);
});

test('a curve belongs to one algorithm', () => {
  expect(fits('ES256', publicKeyOf(keys.get('ES384')!))).toBe(false);
  expect(fits('ES384', publicKeyOf(keys.get('ES256')!))).toBe(false);
});

test('an RSA key of 1,024 bits fits nothing', () => {
  expect(fits('RS256', publicKeyOf(makeKey('RS256', 'weak', 1024)))).toBe(false);
});
