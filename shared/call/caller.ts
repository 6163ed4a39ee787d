import type { CatalogProvider, Target } from '../catalog/catalog.ts';
import type { Rules } from '../catalog/rules.ts';
import type { Identity } from '../identity/identity.ts';
import type { Group, VirtualKey } from './virtual-key.ts';

/** Who asks: with the master key, with rules of its own, or without any key at the paths that are open. */
export type Caller = { type: 'master' } | RuledCaller | { type: 'anonymous' };

/** One that has rules and limits. */
export type RuledCaller = KeyCaller | IdentityCaller;

/** With a virtual key. */
export interface KeyCaller {
  type: 'key';
  id: string;
  name: string;
  key: VirtualKey;
  /** Those whose rules hold too: its own group, then the organisation, where there are any. */
  groups: readonly Group[];
}

/** With the token of an issuer, or with a request that it signed. */
export interface IdentityCaller {
  type: 'identity';
  id: string;
  name: string;
  identity: Identity;
  /** As those of a key. */
  groups: readonly Group[];
}

export const isRuled = (caller: Caller): caller is RuledCaller => caller.type === 'key' || caller.type === 'identity';

/** What a caller is called in records, and what keeps its data apart from other callers'. */
export const callerId = (caller: Caller): string => (isRuled(caller) ? caller.id : caller.type);

/** The rules of a caller alone, without those of its groups. */
export const ownRules = (caller: RuledCaller): Rules =>
  (caller.type === 'key' ? caller.key.rules : caller.identity.rules) ?? {};

/** The rules of every level; all of them must allow a request. */
export const rulesOf = (caller: Caller): Rules[] =>
  isRuled(caller) ? [ownRules(caller), ...caller.groups.flatMap(({ rules }) => rules ?? [])] : [];

/**
 * A target as it is asked for this caller: with the provider key and the inference profile that the key names for it, else its
 * group, else the organisation.
 */
export function targetFor(caller: Caller, target: Target): Target {
  if (!isRuled(caller)) return target;
  const { provider, model } = target;
  const levels = caller.type === 'key' ? [caller.key, ...caller.groups] : caller.groups;
  const secret = nearest(levels, 'providerKeys', provider.name);
  const profile = nearest(levels, 'inferenceProfiles', `${provider.name}/${model}`);
  const keyed = secret === undefined ? target : { ...target, provider: withKey(provider, secret) };
  return profile === undefined ? keyed : withProfile(keyed, profile);
}

function nearest(
  levels: readonly Pick<Group, 'providerKeys' | 'inferenceProfiles'>[],
  field: 'providerKeys' | 'inferenceProfiles',
  name: string,
): string | undefined {
  for (const { [field]: named } of levels) if (named && Object.hasOwn(named, name)) return named[name];
  return undefined;
}

/** A provider that is asked without a key stays so. One whose calls are signed with the gateway's role takes a key in its place. */
function withKey(provider: CatalogProvider, secret: string): CatalogProvider {
  if (provider.signing) return { ...provider, secret, auth: 'bearer', signing: undefined };
  return provider.secret === undefined ? provider : { ...provider, secret };
}

/** The model behind the profile stays known: what it takes is known by it, and records name it. */
const withProfile = (target: Target, profile: string): Target => ({
  ...target,
  model: profile,
  profileOf: target.model,
  traits: { baseModel: target.model, ...target.traits },
});
