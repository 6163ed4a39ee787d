import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { VirtualKey } from '../../shared/call/virtual-key.ts';
import { createAuthenticate } from '../../shared/gateway/authenticate.ts';
import { createFakeTime } from '../support/fake-time.ts';

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');

const ann: VirtualKey = { id: 'k1', name: 'Ann', revoked: false, createdAt: 1 };

function open({ known = {} as Record<string, Partial<VirtualKey>>, isAway = false } = {}) {
  const time = createFakeTime({ now: 1_000_000 });
  const state = { master: 'sk-master', lookups: 0 };
  const warned: string[] = [];
  const keys = new Map(Object.entries(known).map(([key, fields]) => [sha256(key), { ...ann, ...fields }]));
  const authenticate = createAuthenticate({
    masterKey: async () => state.master,
    keys: {
      async find(digest) {
        state.lookups += 1;
        if (isAway) throw new Error('away');
        return keys.get(digest);
      },
    },
    log: { warn: (message) => void warned.push(message) },
    time,
  });
  return { authenticate, state, time, warned };
}

test.each<[string, Record<string, string>]>([
  ['Bearer', { authorization: 'Bearer sk-master' }],
  ['bearer in lower case, with spaces around', { authorization: '  bearer   sk-master ' }],
  ['x-api-key', { 'x-api-key': ' sk-master ' }],
  ['x-api-key beside another bearer', { 'x-api-key': 'sk-master', authorization: 'Bearer other' }],
  ['an empty x-api-key beside a bearer', { 'x-api-key': ' ', authorization: 'Bearer sk-master' }],
])('the master key is taken from %s, and the table is not asked', async (_, headers) => {
  const { authenticate, state } = open({ isAway: true });
  expect(await authenticate(headers)).toEqual({ type: 'master' });
  expect(state.lookups).toBe(0);
});

test.each<[Record<string, string>, RegExp]>([
  [{}, /You didn't provide an API key/],
  [{ authorization: '' }, /You didn't provide an API key/],
  [{ authorization: 'Basic abc' }, /must be of the form 'Bearer <key>'/],
  [{ authorization: 'Bearer a, Bearer b' }, /must be of the form/],
  [{ authorization: 'Bearer a b' }, /must be of the form/],
  [{ authorization: 'Bearer sk-wrong' }, /^Incorrect API key provided\.$/],
])('the headers %j carry no key that is known', async (headers, message) => {
  await expect(open().authenticate(headers)).rejects.toMatchObject({
    kind: 'unauthenticated',
    message: expect.stringMatching(message),
  });
});

test('a missing key has no code, a wrong one has', async () => {
  await expect(open().authenticate({})).rejects.toMatchObject({ code: undefined });
  await expect(open().authenticate({ 'x-api-key': 'sk-wrong' })).rejects.toMatchObject({ code: 'invalid_api_key' });
});

test('a virtual key lets in by its id and name until it expires, and not from then on', async () => {
  const { authenticate, time } = open({ known: { 'sk-ann': { expiresAt: 1_001 } } });
  await time.advance(999);
  expect(await authenticate({ 'x-api-key': 'sk-ann' })).toEqual({ type: 'key', id: 'k1', name: 'Ann' });
  await time.advance(1);
  await expect(authenticate({ 'x-api-key': 'sk-ann' })).rejects.toThrow('This API key has expired.');
});

test('a revoked key says so', async () => {
  const { authenticate } = open({ known: { 'sk-ann': { revoked: true } } });
  await expect(authenticate({ 'x-api-key': 'sk-ann' })).rejects.toThrow('This API key has been revoked.');
});

test('a master key that was changed lets in from then on, and the old one does not', async () => {
  const { authenticate, state } = open();
  await authenticate({ 'x-api-key': 'sk-master' });
  state.master = 'sk-new';
  expect(await authenticate({ 'x-api-key': 'sk-new' })).toEqual({ type: 'master' });
  await expect(authenticate({ 'x-api-key': 'sk-master' })).rejects.toMatchObject({ kind: 'unauthenticated' });
});

test('while the table is away, other keys can be neither accepted nor refused, and the log says so', async () => {
  const { authenticate, warned } = open({ isAway: true });
  await expect(authenticate({ 'x-api-key': 'sk-ann' })).rejects.toMatchObject({ kind: 'overloaded', retryAfter: 5 });
  expect(warned).toEqual(['keys cannot be looked up']);
});
