import { describe, expect, test } from 'vitest';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { problemsOf as problemsOfWhole } from './problems.ts';

const problemsOf = (definition: object) => problemsOfWhole({ providers: { openai: {} }, ...definition });
const issuer = { issuer: 'https://issuer.example.com', audiences: ['gateway'] };
const withIssuer = (fields: object, others: object = {}) => ({
  jwt: { issuers: [{ ...issuer, ...fields }], ...others },
});

describe('an issuer', () => {
  test('needs its name and an audience; the rest has defaults', () => {
    const { config } = loadCatalog({ providers: { openai: {} }, ...withIssuer({}) });
    expect(config.jwt?.issuers[0]).toMatchObject({
      audienceClaim: 'aud',
      algorithms: expect.arrayContaining(['RS256', 'ES256', 'EdDSA']),
      claims: {},
      leewaySeconds: 60,
    });
    expect(config.jwt?.issuers[0]?.algorithms).not.toEqual(expect.arrayContaining(['none']));
  });

  test.each<[string, object, RegExp]>([
    ['without https', { issuer: 'http://issuer.example.com' }, /issuers\.0\.issuer: expected an https address/],
    ['whose keys are without https', { jwksUrl: 'http://x.example.com' }, /issuers\.0\.jwksUrl: expected an https/],
    ['that is no address', { issuer: 'issuer.example.com' }, /issuer: expected an http\(s\) address/],
    ['with a query', { issuer: 'https://x.example.com?a' }, /issuer: expected/],
    ['with a password', { issuer: 'https://a:b@x.example.com' }, /issuer: expected/],
    ['with too long a name', { issuer: `https://${'x'.repeat(150)}` }, /issuer:/],
    ['for nobody', { audiences: [] }, /audiences:/],
    ['signed by a shared secret', { algorithms: ['HS256'] }, /algorithms\.0:/],
    ['that is not signed', { algorithms: ['none'] }, /algorithms\.0:/],
    ['with an unknown claim', { claims: { tema: 'x' } }, /claims\.tema: there is no such field/],
    ['with a leeway of an hour', { leewaySeconds: 3600 }, /leewaySeconds:/],
    ['with groups that no claim names', { groups: { a: 'a' } }, /groups: has no effect/],
    ['with a default group that no claim asks for', { defaultGroup: 'a' }, /defaultGroup: has no effect/],
    ['with a group that cannot be one', { claims: { group: 'g' }, groups: { a: 'A b' } }, /groups\.a: expected the id/],
    ['with an unknown rule', { rules: { limits: { rps: 1 } } }, /rules\.limits\.rps: there is no such field/],
  ])('%s is a mistake', (_, fields, problem) => {
    expect(problemsOf(withIssuer(fields))).toEqual([expect.stringMatching(problem)]);
  });

  test('of a trusted host may use http', () => {
    expect(
      problemsOf(withIssuer({ issuer: 'http://127.0.0.1:80801/x' }, { trustedHosts: ['127.0.0.1'] })),
    ).toHaveLength(1);
    expect(problemsOf(withIssuer({ issuer: 'http://127.0.0.1:8080/x' }, { trustedHosts: ['127.0.0.1:8080'] }))).toEqual(
      [],
    );
  });

  test('is named once, and there are at most five', () => {
    expect(problemsOf({ jwt: { issuers: [issuer, issuer] } })).toEqual(['jwt.issuers.1.issuer: is there twice']);
    const many = Array.from({ length: 6 }, (_, at) => ({ ...issuer, issuer: `https://i${at}.example.com` }));
    expect(problemsOf({ jwt: { issuers: many.slice(1) } })).toEqual([]);
    expect(problemsOf({ jwt: { issuers: many } })).toHaveLength(1);
    expect(problemsOf({ jwt: { issuers: [] } })).toHaveLength(1);
  });
});

describe('callers who sign', () => {
  test('may be mapped to groups by the pattern of an ARN', () => {
    expect(
      problemsOf({ aws: { iamCallers: { groups: [{ arn: 'arn:aws:sts::*:assumed-role/a/*', group: 'a' }] } } }),
    ).toEqual([]);
    expect(problemsOf({ aws: { iamCallers: {} } })).toEqual([]);
  });

  test('are not mapped by anything else, nor to what cannot be a group', () => {
    expect(problemsOf({ aws: { iamCallers: { groups: [{ arn: 'team', group: 'a' }] } } })).toEqual([
      expect.stringMatching(/aws\.iamCallers\.groups\.0\.arn: expected the pattern/),
    ]);
    expect(problemsOf({ aws: { iamCallers: { groups: [{ arn: 'arn:aws:sts', group: 'a' }] } } })).toHaveLength(1);
    expect(problemsOf({ aws: { iamCallers: { groups: [{ arn: '*', group: 'A' }] } } })).toHaveLength(1);
    expect(problemsOf({ aws: { iamCallers: true } })).toHaveLength(1);
  });
});
