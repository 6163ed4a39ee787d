import type { AdminKeyStore, KeyStore } from '../../operations/ports.ts';
import { fromItem } from '../attributes.ts';
import type { Table } from '../table.ts';
import type { Audit } from './audit.ts';
import { adminKeyKind, keyKind } from './kinds.ts';
import { createSecretStore } from './secrets.ts';
import { listShown } from './store.ts';

export function createKeyStore({ table, audit }: { table: Table; audit: Audit }): KeyStore {
  return {
    ...createSecretStore({ table, audit, kind: keyKind }),
    async isGroupUsed(group) {
      for await (const items of listShown(table, keyKind)) {
        if (items.map(fromItem).some((item) => item.group === group && item.revoked !== true)) return true;
      }
      return false;
    },
    async groupsOfKeys() {
      const groups = new Map<string, string>();
      for await (const items of listShown(table, keyKind)) {
        for (const { id, group } of items.map(fromItem)) {
          if (group !== undefined) groups.set(String(id), String(group));
        }
      }
      return groups;
    },
  };
}

export function createAdminKeyStore({ table, audit }: { table: Table; audit: Audit }): AdminKeyStore {
  const store = createSecretStore({ table, audit, kind: adminKeyKind });
  return { ...store, find: async (sha256) => (await store.find(sha256))?.value };
}
