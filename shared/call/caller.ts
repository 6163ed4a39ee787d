import type { Target } from '../catalog/catalog.ts';
import type { Group, Rules, VirtualKey } from './virtual-key.ts';

/** Who asks: with the master key, with a virtual key, or without any at the paths that are open. */
export type Caller = { type: 'master' } | KeyCaller | { type: 'anonymous' };

export interface KeyCaller {
  type: 'key';
  id: string;
  name: string;
  key: VirtualKey;
  /** Those whose rules hold too: its own group, then the organisation, where there are any. */
  groups: readonly Group[];
}

/** What a caller is called in records, and what keeps its data apart from other callers'. */
export const callerId = (caller: Caller): string => (caller.type === 'key' ? caller.id : caller.type);

/** The rules of every level; all of them must allow a request. */
export const rulesOf = (caller: Caller): Rules[] =>
  caller.type === 'key' ? [caller.key, ...caller.groups].flatMap(({ rules }) => rules ?? []) : [];

/** A target as it is asked for this caller: with its group's own key for the provider, where the group has one. */
export function targetFor(caller: Caller, target: Target): Target {
  if (caller.type !== 'key') return target;
  const { provider } = target;
  const secret = caller.groups.map(({ providerKeys = {} }) => own(providerKeys, provider.name)).find(Boolean);
  // A provider that is asked without a key is asked without a group's key too.
  if (secret === undefined || provider.secret === undefined) return target;
  return { ...target, provider: { ...provider, secret } };
}

const own = (keys: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(keys, name) ? keys[name] : undefined;
