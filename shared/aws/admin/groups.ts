import type { GroupStore } from '../../operations/ports.ts';
import { fromItem, type Item, toItem } from '../attributes.ts';
import type { Table } from '../table.ts';
import type { Audit } from './audit.ts';
import { getItem } from './calls.ts';
import { groupKind, itemOf, placeOf } from './kinds.ts';
import { listPage, readItem } from './store.ts';

const KEPT_SECONDS = 365 * 86_400;

/**
 * Groups, each at `GROUP#<id>` / `GROUP`. One that was deleted stays for a year without its rules, marked `deleted`, so that its
 * last audit entry lies in the same item, and versions go on where another of its id is made.
 */
export function createGroupStore({ table, audit }: { table: Table; audit: Audit }): GroupStore {
  const get = (id: string): Promise<Item | undefined> => getItem(table, placeOf(groupKind, id));
  const versionOf = (item: Item | undefined): number => Number(item?.version?.N ?? 0);

  return {
    async read(id) {
      const item = await get(id);
      if (!item || isDeleted(item)) return undefined;
      const { value, version } = readItem(groupKind, item);
      return { value, version };
    },
    list: (page) => listPage(table, groupKind, { ...page, newestFirst: false }),
    async create(value, entry) {
      const place = placeOf(groupKind, value.id);
      const item = await get(value.id);
      if (item && !isDeleted(item)) return false;
      const before = { version: versionOf(item), item };
      return audit.write({ place, fields: itemOf(groupKind, place, value), before, entry });
    },
    async change({ value, version, entry }) {
      const place = placeOf(groupKind, value.id);
      const item = await get(value.id);
      if (!item || isDeleted(item) || versionOf(item) !== version) return false;
      return audit.write({ place, fields: itemOf(groupKind, place, value), before: { version, item }, entry });
    },
    async remove({ value: { id, name, createdAt }, version, entry }) {
      const place = placeOf(groupKind, id);
      const item = await get(id);
      if (!item || isDeleted(item) || versionOf(item) !== version) return false;
      const { list, listSort, ...fields } = itemOf(groupKind, place, { id, name, createdAt });
      const ttl = Math.floor(Date.parse(entry.time) / 1000) + KEPT_SECONDS;
      const tombstone = { ...fields, ...toItem({ deleted: true, ttl }) };
      return audit.write({ place, fields: tombstone, before: { version, item }, entry });
    },
  };
}

/** Whether a group was deleted: its item then has no rules any more, and is no group. */
export const isDeleted = (item: Item): boolean => fromItem(item).deleted === true;
