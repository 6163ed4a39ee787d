import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { KeyCaller } from '../../shared/call/caller.ts';
import type { Group, VirtualKey } from '../../shared/call/virtual-key.ts';
import { GatewayError } from '../../shared/errors.ts';
import { createAuthenticate } from '../../shared/gateway/authenticate.ts';
import type { Identity } from '../../shared/identity/identity.ts';
import { groupOf, virtualKeyOf } from '../support/callers.ts';
import { createFakeTime } from '../support/fake-time.ts';

const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');

/** A token of this owner, where there is one. */
interface Known {
  known?: Record<string, Partial<VirtualKey>>;
  groups?: Group[];
  isAway?: boolean;
  tokens?: Record<string, Partial<Identity>>;
}

function open({ known = {}, groups = [], isAway = false, tokens }: Known = {}) {
  const time = createFakeTime({ now: 1_000_000 });
  const state = { master: ['sk-master'], fresh: ['sk-master'], lookups: 0 };
  const warned: string[] = [];
  const keys = new Map(Object.entries(known).map(([key, fields]) => [sha256(key), virtualKeyOf(fields)]));
  const authenticate = createAuthenticate({
    masterKeys: async ({ fresh = false } = {}) => (fresh ? state.fresh : state.master),
    keys: {
      async find(digest) {
        state.lookups += 1;
        if (isAway) throw new Error('away');
        return keys.get(digest);
      },
    },
    groups: {
      async find(id) {
        if (isAway) throw new Error('away');
        return groups.find((group) => group.id === id);
      },
    },
    ...(tokens
      ? {
          tokens: {
            async verify(token: string, digest: string) {
              expect(digest).toBe(sha256(token));
              if (!tokens[token]) throw new GatewayError('unauthenticated', 'wrong');
              return { id: 'https://i#ann', name: 'Ann', owner: 'ann', ...tokens[token] };
            },
          },
        }
      : {}),
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
  expect(await authenticate({ 'x-api-key': 'sk-ann' })).toMatchObject({ type: 'key', id: 'key_00000001', name: 'Ann' });
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
  state.master = ['sk-new'];
  state.fresh = ['sk-new'];
  expect(await authenticate({ 'x-api-key': 'sk-new' })).toEqual({ type: 'master' });
  await expect(authenticate({ 'x-api-key': 'sk-master' })).rejects.toMatchObject({ kind: 'unauthenticated' });
});

test('while the table is away, other keys can be neither accepted nor refused, and the log says so', async () => {
  const { authenticate, warned } = open({ isAway: true });
  await expect(authenticate({ 'x-api-key': 'sk-ann' })).rejects.toMatchObject({ kind: 'overloaded', retryAfter: 5 });
  expect(warned).toEqual(['keys cannot be looked up']);
});

test('a master key that was changed a moment ago is read anew, and until then only another key costs that', async () => {
  const { authenticate, state } = open({ known: { 'sk-ann': {} } });
  state.fresh = ['sk-new', 'sk-master'];
  expect(await authenticate({ 'x-api-key': 'sk-new' })).toEqual({ type: 'master' });
  expect(await authenticate({ 'x-api-key': 'sk-ann' })).toMatchObject({ type: 'key' });
  await expect(authenticate({ 'x-api-key': 'sk-other' })).rejects.toMatchObject({ kind: 'unauthenticated' });
});

test('a changed master key lets in while the table is away too', async () => {
  const { authenticate, state } = open({ isAway: true });
  state.fresh = ['sk-new'];
  expect(await authenticate({ 'x-api-key': 'sk-new' })).toEqual({ type: 'master' });
});

test('the master key before holds beside the present one while both are given', async () => {
  const { authenticate, state } = open();
  state.master = ['sk-new', 'sk-master'];
  expect(await authenticate({ 'x-api-key': 'sk-master' })).toEqual({ type: 'master' });
  expect(await authenticate({ 'x-api-key': 'sk-new' })).toEqual({ type: 'master' });
});

test('a key comes with itself, its group and the organisation', async () => {
  const groups = [groupOf('organization'), groupOf('team', { rules: { models: ['gpt-*'] } }), groupOf('other')];
  const { authenticate } = open({
    known: { 'sk-ann': { group: 'team', rules: { maxTokens: 5 } }, 'sk-bob': {}, 'sk-eve': { group: 'organization' } },
    groups,
  });
  const { groups: once } = (await authenticate({ 'x-api-key': 'sk-eve' })) as KeyCaller;
  expect(once.map(({ id }) => id)).toEqual(['organization']);
  expect(await authenticate({ 'x-api-key': 'sk-ann' })).toMatchObject({
    key: { rules: { maxTokens: 5 } },
    groups: [{ id: 'team', rules: { models: ['gpt-*'] } }, { id: 'organization' }],
  });
  expect(await authenticate({ 'x-api-key': 'sk-bob' })).toMatchObject({ groups: [{ id: 'organization' }] });
});

test('a key whose group is gone is refused: what it may do is not known', async () => {
  const { authenticate } = open({ known: { 'sk-ann': { group: 'team' } } });
  await expect(authenticate({ 'x-api-key': 'sk-ann' })).rejects.toMatchObject({ kind: 'forbidden' });
});

test('a token lets in by its issuer and subject, with its group and the organisation, and no key is looked up', async () => {
  const groups = [groupOf('team'), groupOf('organization')];
  const { authenticate, state } = open({ groups, tokens: { 'a.b.c': { groups: ['gone', 'team'] }, 'd.e.f': {} } });
  expect(await authenticate({ 'x-api-key': 'a.b.c' })).toMatchObject({
    type: 'identity',
    id: 'https://i#ann',
    name: 'Ann',
    groups: [{ id: 'team' }, { id: 'organization' }],
  });
  expect(await authenticate({ authorization: 'Bearer d.e.f' })).toMatchObject({ groups: [{ id: 'organization' }] });
  await expect(authenticate({ authorization: 'Bearer x.y.z' })).rejects.toMatchObject({ kind: 'unauthenticated' });
  expect(state.lookups).toBe(0);
});

test('a token of groups that do not exist here is refused by their names', async () => {
  const tokens = { 'a.b.c': { groups: ['x'] }, 'd.e.f': { groups: ['x', 'y'] }, 'g.h.i': { groups: [] } };
  const { authenticate } = open({ groups: [groupOf('organization')], tokens });
  const refused = (token: string) => authenticate({ 'x-api-key': token }).catch(({ kind, message }) => [kind, message]);
  expect(await refused('a.b.c')).toEqual(['forbidden', expect.stringContaining("The group 'x' that")]);
  expect(await refused('d.e.f')).toEqual(['forbidden', expect.stringContaining("The groups 'x', 'y' that")]);
  expect(await refused('g.h.i')).toEqual(['forbidden', expect.stringContaining('None of the groups')]);
});

test('while the table is away, what a token may do is not known', async () => {
  const { authenticate } = open({ isAway: true, tokens: { 'a.b.c': {} } });
  await expect(authenticate({ 'x-api-key': 'a.b.c' })).rejects.toMatchObject({ kind: 'overloaded', retryAfter: 5 });
});

test('a master key with dots in it is one all the same', async () => {
  const { authenticate, state } = open();
  state.master = ['sk.master.key'];
  expect(await authenticate({ 'x-api-key': 'sk.master.key' })).toEqual({ type: 'master' });
});

test("a key in Azure's header is taken as one in 'x-api-key', which wins over it", async () => {
  const { authenticate } = open();
  expect(await authenticate({ 'api-key': ' sk-master ', authorization: 'Bearer wrong' })).toEqual({ type: 'master' });
  expect(await authenticate({ 'x-api-key': 'sk-master', 'api-key': 'wrong' })).toEqual({ type: 'master' });
  await expect(authenticate({ 'api-key': 'wrong' })).rejects.toMatchObject({ kind: 'unauthenticated' });
});
