import { expect, test } from 'vitest';
import { identityId } from '../../shared/identity/identity.ts';

const issuer = 'https://issuer.example.com';

test('somebody is called by issuer and subject', () => {
  expect(identityId(issuer, 'ann')).toBe('https://issuer.example.com#ann');
});

test('a long subject is called by its digest, and two never by the same', () => {
  const long = `${issuer}/${'x'.repeat(150 - issuer.length - 1)}`;
  const ids = ['a'.repeat(300), `${'a'.repeat(299)}b`, '\ud800', '\udfff'].map((subject) => identityId(long, subject));
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^https:\/\/issuer\.example\.com\/x+#sha256:[0-9a-f]{64}$/);
  expect(Math.max(...ids.map(({ length }) => length))).toBeLessThanOrEqual(250);
});

test('a subject that looks like a digest is not taken for the one that has it', () => {
  const hashed = identityId(issuer, 'a'.repeat(300)).split('#')[1]!;
  expect(identityId(issuer, hashed)).not.toBe(`${issuer}#${hashed}`);
});
