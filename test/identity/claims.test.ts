import { describe, expect, test } from 'vitest';
import { checkClaims, identityOf } from '../../shared/identity/claims.ts';
import { issuerConfig } from '../support/issuer.ts';

const now = 1_700_000_000;
const usual = { iss: 'https://issuer.example.com', sub: 'ann', aud: 'gateway', exp: now + 100 };
const check =
  (claims: object, config: object = {}) =>
  () =>
    checkClaims({ ...usual, ...claims }, issuerConfig(config), now * 1000);

describe('a token is accepted', () => {
  test.each<[string, object, object?]>([
    ['with an audience', {}],
    ['with the audience among others', { aud: ['other', 'gateway'] }],
    ['with one of several audiences', { aud: 'second' }, { audiences: ['gateway', 'second'] }],
    [
      'as Cognito makes access tokens: without an audience, with the client in its place',
      { aud: undefined, client_id: 'app', token_use: 'access' },
      { audiences: ['app'], audienceClaim: 'client_id', require: { token_use: 'access' } },
    ],
    ['as Entra makes them: with scopes in one text', { scp: 'read gateway.use' }, { require: { scp: 'gateway.use' } }],
    ['with one of the roles', { roles: ['a', 'b'] }, { require: { roles: ['x', 'b'] } }],
    ['with a claim that is true', { email_verified: true }, { require: { email_verified: 'true' } }],
    ['a minute after its end', { exp: now - 59 }],
    ['a minute before its beginning', { nbf: now + 60, iat: now + 60 }],
    ['with more leeway where that is set', { exp: now - 599 }, { leewaySeconds: 600 }],
    ['with a fraction of a second', { exp: now + 0.5, iat: now - 0.5 }],
  ])('%s', (_, claims, config) => expect(check(claims, config)).not.toThrow());
});

describe('a token is refused', () => {
  test.each<[string, RegExp, object, object?]>([
    ['of another audience', /'aud'/, { aud: 'other' }],
    ['of an audience that only begins so', /'aud'/, { aud: 'gateway2' }],
    ['without an audience', /'aud'/, { aud: undefined }],
    ['whose audience is an object', /'aud'/, { aud: { gateway: true } }],
    ['of another client', /'client_id'/, { client_id: 'x' }, { audienceClaim: 'client_id' }],
    ['that never ends', /no 'exp'/, { exp: undefined }],
    ['whose end is a text', /'exp' is no number/, { exp: String(now + 9) }],
    ['whose end is null', /'exp' is no number/, { exp: null }],
    ['a minute after its end', /expired/, { exp: now - 60 }],
    ['at its end without leeway', /expired/, { exp: now }, { leewaySeconds: 0 }],
    ['before its beginning', /'nbf'/, { nbf: now + 61 }],
    ['made in the future', /'iat'/, { iat: now + 61 }],
    ['whose beginning is a text', /'nbf' is no number/, { nbf: 'x' }],
    ['of another use', /'token_use'/, { token_use: 'id' }, { require: { token_use: 'access' } }],
    ['whose claim has the value as a word only', /'team'/, { team: 'not research' }, { require: { team: 'research' } }],
    ['whose scope only begins so', /'scope'/, { scope: 'a gateway.user' }, { require: { scope: 'gateway.use' } }],
    ['without a required claim', /'hd'/, {}, { require: { hd: 'example.com' } }],
    ['whose claim only every object has', /'constructor'/, {}, { require: { constructor: 'x' } }],
  ])('%s', (_, message, claims, config) => {
    expect(check(claims, config)).toThrow(message);
    expect(check(claims, config)).toThrow(
      expect.objectContaining({ kind: 'unauthenticated', code: 'invalid_api_key' }),
    );
  });
});

describe('who somebody is', () => {
  const read = (claims: object, config: object = {}) => identityOf({ ...usual, ...claims }, issuerConfig(config));

  test('is said by issuer and subject alone, where the configuration names no claims', () => {
    expect(read({ groups: ['admins'], name: 'Ann' })).toEqual({
      id: 'https://issuer.example.com#ann',
      name: 'ann',
      owner: 'ann',
      expiresAt: now + 100,
    });
  });

  test('is said by the claims that are mapped, also by those within others', () => {
    const claims = { email: 'a@example.com', name: 'Ann', realm: { team: 'Research' }, llm: 'gpt-* demo' };
    const mapped = { owner: 'email', name: 'name', group: ['realm', 'team'], models: 'llm' };
    expect(read(claims, { claims: mapped, groups: { Research: 'research' }, rules: { maxTokens: 9 } })).toMatchObject({
      owner: 'a@example.com',
      name: 'Ann',
      groups: ['research'],
      rules: { maxTokens: 9, models: ['gpt-*', 'demo'] },
    });
  });

  test('falls back to the subject where a mapped claim is missing, empty or no text, and is never long', () => {
    for (const email of [undefined, '', 7, { a: 1 }])
      expect(read({ email }, { claims: { owner: 'email', name: 'email' } })).toMatchObject({
        owner: 'ann',
        name: 'ann',
      });
    expect(read({ email: 'x'.repeat(5000) }, { claims: { owner: 'email' } }).owner).toHaveLength(200);
  });

  test.each([undefined, '', 7])('cannot be without a subject: %j', (sub) => {
    expect(() => read({ sub })).toThrow("no 'sub'");
  });

  const byGroup = { claims: { group: 'groups' } };

  test('is of the groups that it names, in its order, less what cannot be the id of one', () => {
    expect(read({ groups: 'team-a' }, byGroup).groups).toEqual(['team-a']);
    expect(read({ groups: ['B', 'team-b', 'x y', 'team-a', 'team-b'] }, byGroup).groups).toEqual(['team-b', 'team-a']);
    expect(read({ groups: Array.from({ length: 500 }, (_, at) => `g${at}`) }, byGroup).groups).toHaveLength(20);
  });

  test('is of no group here where its names are not mapped to one', () => {
    const config = { ...byGroup, groups: { 'AD Group': 'team-a' } };
    expect(read({ groups: ['team-a', 'constructor'] }, config).groups).toEqual([]);
    expect(read({ groups: ['team-a', 'AD Group'] }, config).groups).toEqual(['team-a']);
  });

  test('is of the groups that it names in the order of the map, whatever the order of the token', () => {
    const config = { ...byGroup, groups: { First: 'one', Second: 'two', Other: 'one', Third: 'three' } };
    expect(read({ groups: ['Third', 'Other', 'Second'] }, config).groups).toEqual(['two', 'one', 'three']);
  });

  test('is of the default group where it names none, and refused where there is no default', () => {
    expect(read({}, { ...byGroup, defaultGroup: 'all' }).groups).toEqual(['all']);
    for (const groups of [null, []])
      expect(read({ groups }, { ...byGroup, defaultGroup: 'all' }).groups).toEqual(['all']);
    for (const groups of [undefined, [], 7, {}])
      expect(() => read({ groups }, byGroup)).toThrow(expect.objectContaining({ kind: 'forbidden' }));
  });

  test.each<[string, object]>([
    ['a number', { groups: 7 }],
    ['a truth', { groups: true }],
    ['an object', { groups: { id: 'team-a' } }],
    ['a list of objects', { groups: [{ id: 'team-a' }] }],
    ['a list with a number in it', { groups: ['team-a', 7] }],
    ['kept elsewhere, since there are too many', { _claim_names: { groups: 'src1' } }],
  ])('is refused, and not of the default group, where its claim of groups is %s', (_, claims) => {
    const refused = expect.objectContaining({ kind: 'forbidden', message: expect.stringContaining("claim 'groups'") });
    expect(() => read(claims, { ...byGroup, defaultGroup: 'all' })).toThrow(refused);
  });

  test('is refused where the claim that its groups lie in is no object', () => {
    const config = { claims: { group: ['realm_access', 'roles'] }, defaultGroup: 'all' };
    for (const realm_access of ['team-a', ['team-a'], 7])
      expect(() => read({ realm_access }, config)).toThrow(expect.objectContaining({ kind: 'forbidden' }));
    for (const realm_access of [undefined, null, {}]) expect(read({ realm_access }, config).groups).toEqual(['all']);
  });

  const byModels = { claims: { models: 'llm' }, rules: { models: ['demo'] } };

  test('may use the models of its claim, those of the rules where it has none, and nothing by an empty claim', () => {
    expect(read({ llm: ['a', 'b-*'] }, byModels).rules).toEqual({ models: ['a', 'b-*'] });
    expect(read({}, byModels).rules).toEqual({ models: ['demo'] });
    expect(read({ llm: [] }, byModels).rules).toEqual({ models: [] });
    expect(read({ llm: ' ' }, byModels).rules).toEqual({ models: [] });
  });

  test.each<[string, unknown]>([
    ['is null', null],
    ['is an object', {}],
    ['has a number in it', ['a', 7]],
    ['has an empty name in it', ['']],
    ['has a name without end in it', ['x'.repeat(301)]],
    ['has more than 200 names', Array(201).fill('a')],
  ])('cannot be read from a claim of models that %s', (_, llm) => {
    expect(() => read({ llm }, byModels)).toThrow(expect.objectContaining({ kind: 'forbidden' }));
  });
});
