import * as z from 'zod';
import { rules } from './rules.ts';

/** Callers that the gateway issues no key to: those with a token of an OIDC issuer, and those who sign by IAM. */

/**
 * A caller is called `<issuer>#<sub>` in records and limits, which have room for 256 characters: so an issuer has at most this
 * many.
 */
const LONGEST_ISSUER = 150;

const httpUrl = z
  .string()
  .refine(
    (text) => /^https?:\/\/[^\s?#@]+$/.test(text) && URL.canParse(text),
    'expected an http(s) address without query, e.g. https://issuer.example.com',
  );

/** Signatures by a private key. `none` and those by a shared secret (HS256) are accepted from nobody. */
export const tokenAlgorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA'],
] as const;

const text = z.string().min(1).max(300);
/** A claim by its name, or by its path where it lies in another one: `['realm_access', 'roles']`. */
const claim = z.union([text, z.array(text).min(1).max(5)]);
const groupId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'expected the id of a group');

const issuer = z.strictObject({
  /** Exactly as in the claim `iss`, a slash at its end included. */
  issuer: httpUrl.max(LONGEST_ISSUER),
  /** Who the token must be meant for; one of them suffices. */
  audiences: z.array(text).min(1).max(20),
  /** The claim that says so; some access tokens name the application in `client_id` and have no `aud`. */
  audienceClaim: text.default('aud'),
  /** Where its keys are; by default as `<issuer>/.well-known/openid-configuration` says. */
  jwksUrl: httpUrl.max(500).optional(),
  /** Accepted signatures; all of those by default. */
  algorithms: z
    .array(z.enum(tokenAlgorithms))
    .min(1)
    .max(tokenAlgorithms.length)
    .default([...tokenAlgorithms]),
  /** Claims that must have this value, or one of these: `{ token_use: 'access' }`. */
  require: z.record(text, z.union([text, z.array(text).min(1).max(20)])).default({}),
  /** Where the token says these; all but `sub` may be missing in a token. */
  claims: z
    .strictObject({
      /** Shown at `/v1/key`; `sub` by default. */
      owner: claim.optional(),
      /** Shown in records beside the id; the owner by default. */
      name: claim.optional(),
      /** A text, or a list of which the first that is a group here counts. */
      group: claim.optional(),
      /** Models that may be used, as a list or with spaces between them; then `rules.models` holds for tokens without it only. */
      models: claim.optional(),
    })
    .prefault({}),
  /** Groups here by their names at the issuer; without it, those are the ids here. */
  groups: z.record(text, groupId).optional(),
  /** The group of those whose token names none; without it they are refused where `claims.group` is set. */
  defaultGroup: groupId.optional(),
  /** What each caller may do, beside its group and the organisation. */
  rules: rules.optional(),
  /** How far its clock and ours may differ; at most ten minutes. */
  leewaySeconds: z.int().min(0).max(600).default(60),
});

export const jwt = z
  .strictObject({
    issuers: z.array(issuer).min(1).max(5),
    /** Hosts (`issuer.internal:8080`) that may be private or use http; all others must be public and use https on port 443. */
    trustedHosts: z.array(text).max(20).default([]),
  })
  .superRefine(({ issuers, trustedHosts }, context) => {
    const problem = (at: number, name: string, message: string): void =>
      context.addIssue({ code: 'custom', path: ['issuers', at, name], message });
    const isGuarded = (url: string): boolean =>
      !url.startsWith('http:') || !URL.canParse(url) || trustedHosts.includes(new URL(url).host);
    for (const [at, own] of issuers.entries()) {
      if (issuers.findIndex((other) => other.issuer === own.issuer) < at) problem(at, 'issuer', 'is there twice');
      if (!isGuarded(own.issuer)) problem(at, 'issuer', notGuarded);
      if (own.jwksUrl !== undefined && !isGuarded(own.jwksUrl)) problem(at, 'jwksUrl', notGuarded);
      if ((own.groups || own.defaultGroup) && !own.claims.group)
        problem(at, own.groups ? 'groups' : 'defaultGroup', 'has no effect without `claims.group`');
    }
  });

const notGuarded = 'expected an https address, unless its host is one of `jwt.trustedHosts`';

/** Callers who sign their requests with AWS credentials. */
export const iamCallers = z.strictObject({
  /** The first whose pattern matches the ARN of a caller says its group; `*` stands for any text within a field of the ARN. */
  groups: z
    .array(
      z.strictObject({
        arn: text.regex(
          /^(?:\*|arn:(?:[^:]*:){4}.+)$/,
          "expected the pattern of an ARN: 'arn:aws:sts::*:assumed-role/team-a/*'",
        ),
        group: groupId,
      }),
    )
    .max(200)
    .default([]),
  /** What each caller may do, beside its group and the organisation. */
  rules: rules.optional(),
});

export type JwtConfig = z.output<typeof jwt>;
export type IssuerConfig = z.output<typeof issuer>;
export type IamCallersConfig = z.output<typeof iamCallers>;
