import type { KeyCaller } from '../../shared/call/caller.ts';
import type { Group, VirtualKey } from '../../shared/call/virtual-key.ts';
import type { Rules } from '../../shared/catalog/rules.ts';

export const virtualKeyOf = (fields: Partial<VirtualKey> = {}): VirtualKey => ({
  id: 'key_00000001',
  name: 'Ann',
  revoked: false,
  createdAt: 1,
  ...fields,
});

export const groupOf = (id: string, fields: Partial<Group> = {}): Group => ({ id, name: id, createdAt: 1, ...fields });

/** A caller with a virtual key of these rules. */
export function keyCaller(rules?: Rules, groups: readonly Group[] = []): KeyCaller {
  const key = virtualKeyOf(rules ? { rules } : {});
  return { type: 'key', id: key.id, name: key.name, key, groups };
}
