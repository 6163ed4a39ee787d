import type { Target } from '../catalog/catalog.ts';
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

/** A target as it is asked for this caller: with its group's own key for the provider, where the group has one. */
export function targetFor(caller: Caller, target: Target): Target {
  if (!isRuled(caller)) return target;
  const { provider } = target;
  const secret = caller.groups.map(({ providerKeys = {} }) => own(providerKeys, provider.name)).find(Boolean);
  // A provider that is asked without a key is asked without a group's key too.
  if (secret === undefined || provider.secret === undefined) return target;
  return { ...target, provider: { ...provider, secret } };
}

const own = (keys: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(keys, name) ? keys[name] : undefined;
