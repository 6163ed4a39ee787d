import { beforeEach, describe, expect, test } from 'vitest';
import { createIssuerKeys, type StoredKeySet } from '../../shared/identity/issuer-keys.ts';
import { createFakeTime, type FakeTime } from '../support/fake-time.ts';
import { issuerConfig, makeKey } from '../support/issuer.ts';

const [first, second] = [makeKey('ES256', 'first'), makeKey('ES256', 'second')];
const hour = 3_600_000;

let time: FakeTime;
let stored: StoredKeySet | undefined;
let state: { keys: object[]; isDown: boolean; isTableAway: boolean; fetches: number; warned: string[] };

beforeEach(() => {
  time = createFakeTime({ now: 1_700_000_000_000 });
  stored = undefined;
  state = { keys: [first.jwk], isDown: false, isTableAway: false, fetches: 0, warned: [] };
});

function open(
  config: object = { jwksUrl: 'https://issuer.example.com/keys' },
  documents: Record<string, unknown> = {},
) {
  const { find, isCurrent } = createIssuerKeys({
    issuer: issuerConfig(config),
    async fetchText(url) {
      if (documents[url] !== undefined) return JSON.stringify(documents[url]);
      state.fetches += 1;
      if (state.isDown) throw new Error('down');
      return JSON.stringify({ keys: state.keys });
    },
    store: {
      async read() {
        if (state.isTableAway) throw new Error('away');
        return stored;
      },
      async write(_, set) {
        if (state.isTableAway) throw new Error('away');
        stored = set;
      },
    },
    log: { warn: (message) => void state.warned.push(message) },
    time,
  });
  return { find: async (id?: string) => (await find('ES256', id)).map((key) => key.id), keys: find, isCurrent };
}

test('keys are fetched before the first request, once for all requests of a day', async () => {
  const { find } = open();
  expect(state.warned).toEqual([]);
  await Promise.all([find('first'), find('first')]);
  await time.advance(23 * hour);
  expect([await find('first'), state.fetches]).toEqual([['first'], 1]);
});

test('after a day they are asked for again, while requests go on with them', async () => {
  const { find } = open();
  await find('first');
  state.keys = [second.jwk];
  await time.advance(24 * hour);
  expect(await find('first')).toEqual(['first']);
  await time.advance(0);
  expect([await find('second'), state.fetches]).toEqual([['second'], 2]);
  expect(await find('first')).toEqual([]);
});

test('a new key is found at once where the issuer was not asked within the last minute', async () => {
  const { find, keys, isCurrent } = open();
  const [old] = await keys('ES256', 'first');
  state.keys = [second.jwk, first.jwk];
  await time.advance(60_000);
  expect([await find('second'), state.fetches]).toEqual([['second'], 2]);
  // What was verified with a key that stays need not be verified again.
  expect(isCurrent(old!)).toBe(true);
  state.keys = [second.jwk];
  await time.advance(60_000);
  await find('third');
  expect(isCurrent(old!)).toBe(false);
});

test('a thousand unknown keys cost one question a minute, at once or one by one', async () => {
  const { find } = open();
  await find('first');
  await time.advance(60_000);
  await Promise.all(Array.from({ length: 1_000 }, (_, at) => find(`unknown-${at}`)));
  for (let at = 0; at < 1_000; at += 1) expect(await find(`other-${at}`)).toEqual([]);
  expect(state.fetches).toBe(2);
  await time.advance(59_999);
  await find('unknown');
  expect(state.fetches).toBe(2);
  await time.advance(1);
  await find('unknown');
  expect(state.fetches).toBe(3);
});

test('a key that is known and does not fit the token costs no question', async () => {
  const { keys } = open();
  await time.advance(60_000);
  expect(await keys('RS256', 'first')).toEqual([]);
  expect(state.fetches).toBe(1);
});

describe('while the issuer is down', () => {
  test('keys that are remembered serve on for a week, and the issuer is asked once a minute', async () => {
    const { find } = open();
    await find('first');
    state.isDown = true;
    await time.advance(24 * hour);
    for (let second = 0; second < 60; second += 1) {
      expect(await find('first')).toEqual(['first']);
      await time.advance(1_000);
    }
    expect(state.fetches).toBe(2);
    expect(state.warned).toEqual(['the keys of an issuer cannot be fetched']);
    await time.advance(6 * 24 * hour - 60_001);
    expect(await find('first')).toEqual(['first']);
    await time.advance(60_001);
    await expect(find('first')).rejects.toMatchObject({ kind: 'overloaded', retryAfter: 5 });
  });

  test('and no key is remembered, tokens are neither accepted nor refused, and it is asked once in five seconds', async () => {
    state.isDown = true;
    const { find } = open();
    await time.advance(0);
    // What failed while the process started is tried once more for the first request.
    for (let at = 0; at < 100; at += 1) await expect(find('first')).rejects.toMatchObject({ kind: 'overloaded' });
    expect(state.fetches).toBe(2);
    await time.advance(5_000);
    state.isDown = false;
    expect(await find('first')).toEqual(['first']);
  });

  test('requests that come at once ask it once', async () => {
    state.isDown = true;
    const { find } = open();
    await time.advance(0);
    const asked = Array.from({ length: 100 }, () => find('first').catch(({ kind }) => kind));
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['overloaded']));
    expect(state.fetches).toBe(2);
  });
});

describe('the table', () => {
  test('has the keys for the next process, which asks nobody for a day', async () => {
    await open().find('first');
    state.isDown = true;
    await time.advance(23 * hour);
    const { find } = open();
    expect([await find('first'), state.fetches]).toEqual([['first'], 1]);
  });

  test('has the new keys that another process fetched', async () => {
    const one = open();
    const other = open();
    await Promise.all([one.find('first'), other.find('first')]);
    const { fetches } = state;
    state.keys = [second.jwk];
    await time.advance(60_000);
    await one.find('second');
    expect(await other.find('second')).toEqual(['second']);
    expect(state.fetches).toBe(fetches + 1);
  });

  test('bounds the questions of many processes together', async () => {
    await open().find('first');
    await time.advance(60_000);
    for (let at = 0; at < 20; at += 1) expect(await open().find('unknown')).toEqual([]);
    expect(state.fetches).toBe(2);
  });

  test('may hold keys of hours ago: for a new key the issuer is asked at once', async () => {
    await open().find('first');
    state.keys = [second.jwk];
    await time.advance(5 * hour);
    expect([await open().find('second'), state.fetches]).toEqual([['second'], 2]);
  });

  test('can be away', async () => {
    state.isTableAway = true;
    const { find } = open();
    expect(await find('first')).toEqual(['first']);
    await time.advance(0);
    expect(state.warned).toEqual([
      'the keys of an issuer cannot be read from the table',
      'the keys of an issuer cannot be stored',
    ]);
  });

  test.each([
    ['is no set of keys', { text: '{', fetchedAt: 1_699_999_999_999 }],
    ['is older than a week', { text: JSON.stringify({ keys: [second.jwk] }), fetchedAt: 1 }],
  ])('may hold what %s: the issuer is asked', async (_, set) => {
    stored = set;
    expect(await open().find('first')).toEqual(['first']);
    expect(state.fetches).toBe(1);
  });

  test('may hold what a process whose clock is ahead fetched', async () => {
    stored = { text: JSON.stringify({ keys: [first.jwk] }), fetchedAt: time.now() + 100 * 24 * hour };
    const { find } = open();
    expect([await find('first'), state.fetches]).toEqual([['first'], 1]);
    await time.advance(25 * hour);
    await find('first');
    await time.advance(0);
    expect(state.fetches).toBe(2);
  });
});

describe('the address of the keys', () => {
  const where = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

  test.each([
    'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC',
    'https://login.microsoftonline.com/tenant/v2.0',
    'https://sts.windows.net/tenant/',
    'https://tenant.auth0.com/',
    'https://accounts.google.com',
  ])('is discovered for %s', async (issuer) => {
    const jwks_uri = 'https://keys.example.com/keys';
    const { find } = open({ issuer }, { [where(issuer)]: { issuer, jwks_uri } });
    expect(await find('first')).toEqual(['first']);
  });

  const issuer = 'https://issuer.example.com';
  test.each<[string, unknown]>([
    ['of another issuer', { issuer: 'https://issuer.example.com/', jwks_uri: 'https://keys.example.com' }],
    ['without an address', { issuer }],
    ['that is a list', []],
  ])('cannot be had from a document %s', async (_, document) => {
    const { find } = open({ issuer }, { [where(issuer)]: document });
    await expect(find('first')).rejects.toMatchObject({ kind: 'overloaded' });
    expect(state.fetches).toBe(0);
  });
});
