import type { IssuerConfig } from '../catalog/callers.ts';
import { MOST_MODELS } from '../catalog/rules.ts';
import { defined } from '../chat/defined.ts';
import { isJsonObject, type JsonObject } from '../http/json.ts';
import { bounded } from '../log.ts';
import { type Identity, identityId } from './identity.ts';
import { notAllowed, wrongToken } from './refusals.ts';

/** Whether a token is meant for this gateway, now. `now` in epoch milliseconds. Throws `unauthenticated` with what is wrong. */
export function checkClaims(claims: JsonObject, config: IssuerConfig, now: number): void {
  const { audiences, audienceClaim, leewaySeconds } = config;
  if (!textsIn(own(claims, audienceClaim)).some((audience) => audiences.includes(audience)))
    throw wrongToken(`The token is not meant for this gateway, by its claim '${audienceClaim}'.`);
  const seconds = now / 1000;
  const expiry = timeIn(claims, 'exp');
  if (expiry === undefined) throw wrongToken("The token has no 'exp'.");
  if (expiry + leewaySeconds <= seconds) throw wrongToken('The token has expired.');
  for (const name of ['nbf', 'iat'])
    if ((timeIn(claims, name) ?? 0) - leewaySeconds > seconds)
      throw wrongToken(`The token is not valid yet ('${name}').`);
  for (const [name, wanted] of Object.entries(config.require)) {
    const values = valuesIn(claims, name);
    if (![wanted].flat().some((value) => values.includes(value)))
      throw wrongToken(`The token's claim '${name}' does not have the value that this gateway asks for.`);
  }
}

/** Who a token is of, once its signature is verified. Throws `forbidden` where its claims say nothing that is known here. */
export function identityOf(claims: JsonObject, config: IssuerConfig): Identity {
  const { sub, exp } = claims;
  if (typeof sub !== 'string' || sub === '') throw wrongToken("The token has no 'sub'.");
  const { claims: names, rules } = config;
  const owner = shown(claimAt(claims, names.owner)) ?? shown(sub)!;
  const models = names.models === undefined ? undefined : modelsIn(claimAt(claims, names.models));
  return {
    id: identityId(config.issuer, sub),
    owner,
    name: shown(claimAt(claims, names.name)) ?? owner,
    ...defined({ groups: groupsOf(claims, config) }),
    ...(rules || models ? { rules: { ...rules, ...defined({ models }) } } : {}),
    expiresAt: Math.floor(exp as number),
  };
}

const LONGEST_NAME = 200;
/** Each may be looked up in the table. */
const MOST_GROUPS = 20;
const LONGEST_MODEL = 300;

const shown = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? bounded(value.toWellFormed(), LONGEST_NAME) : undefined;

/** The ids of the groups that a token names; undefined where the configuration asks for none. */
function groupsOf(claims: JsonObject, { claims: names, groups, defaultGroup }: IssuerConfig): string[] | undefined {
  if (names.group === undefined) return undefined;
  const path = [names.group].flat();
  const named = groupNamesIn(claims, path);
  if (named.length === 0) {
    if (defaultGroup !== undefined) return [defaultGroup];
    throw notAllowed(`The token has no claim '${path.join('.')}' that names its group.`);
  }
  const ids = groups ? mapped(new Set(named), groups) : named.filter((name) => isGroupId.test(name));
  return [...new Set(ids)].slice(0, MOST_GROUPS);
}

/** None where the token says nothing. One that says something else must not get the rights of those who are in no group. */
function groupNamesIn(claims: JsonObject, path: readonly string[]): string[] {
  const value = claimAt(claims, path);
  const names = textsIn(value);
  // An issuer that leaves a claim out may say where to ask for it. @see https://openid.net/specs/openid-connect-core-1_0.html#AggregatedDistributedClaims
  const { _claim_names: elsewhere } = claims;
  const isElsewhere = isJsonObject(elsewhere) && Object.hasOwn(elsewhere, path[0]!);
  const isOdd = value != null && names.length !== [value].flat().length;
  if (!isElsewhere && !isOdd) return names;
  throw notAllowed(`The token's claim '${path.join('.')}' must be a text or a list of texts.`);
}

/** In the order of the configuration: issuers list groups in any order. */
const mapped = (named: ReadonlySet<string>, groups: Readonly<Record<string, string>>): string[] =>
  Object.entries(groups).flatMap(([name, id]) => (named.has(name) ? [id] : []));

const isGroupId = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Nothing where the token says nothing; an empty list allows nothing. */
function modelsIn(value: unknown): string[] | undefined {
  if (value === undefined) return undefined;
  const models = typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : textsIn(value);
  const isList = typeof value === 'string' || (Array.isArray(value) && value.length === models.length);
  if (!isList || models.length > MOST_MODELS || models.some(({ length }) => length === 0 || length > LONGEST_MODEL))
    throw notAllowed(`The token's claim with models must be a list of at most ${MOST_MODELS} names.`);
  return models;
}

function claimAt(claims: JsonObject, path: string | readonly string[] | undefined): unknown {
  if (path === undefined) return undefined;
  let value: unknown = claims;
  for (const name of [path].flat()) {
    // Nothing lies in a text or a list: that is another mistake than a claim that is not there.
    if (value != null && !isJsonObject(value)) return false;
    value = isJsonObject(value) ? own(value, name) : undefined;
  }
  return value;
}

const own = (object: JsonObject, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);

/** A text, or the texts of a list. */
const textsIn = (value: unknown): string[] => [value].flat().filter((text) => typeof text === 'string');

/** The values of a claim as texts. Scopes alone stand in one text with spaces between them. */
function valuesIn(claims: JsonObject, name: string): string[] {
  const value = own(claims, name);
  if (typeof value === 'boolean' || typeof value === 'number') return [String(value)];
  const isScope = typeof value === 'string' && (name === 'scope' || name === 'scp');
  return isScope ? value.split(' ') : textsIn(value);
}

/** Seconds since 1970. */
function timeIn(claims: JsonObject, name: string): number | undefined {
  const value = own(claims, name);
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrongToken(`The token's '${name}' is no number.`);
}
