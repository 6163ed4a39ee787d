import type { AuditEntry, Change } from '../../operations/ports.ts';
import { type Item, toItem } from '../attributes.ts';
import type { Table } from '../table.ts';
import { ITEM_VERSION } from '../version.ts';
import type { Audit } from './audit.ts';
import { deleteItem, getItem, getKnownItem, leavingNewer, putItem, removeAttribute, setItem } from './calls.ts';
import { itemOf, type Kind, type Place, placeOf } from './kinds.ts';
import { listPage, type ReadItem, readItem } from './store.ts';

interface Options<Value> {
  table: Table;
  audit: Audit;
  kind: Kind<Value>;
}

const DAY_SECONDS = 86_400;
/** No key has more secrets at once. */
const MOST_SECRETS = 10;

/**
 * What is found by the SHA-256 of a secret: `KEY#<sha256>` / `KEY`. `KEY#<id>` / `ID` names the SHA-256 of an id. After a rotation
 * the item of the secret before only names its `successor` and when it ends: a key is one item, changed by one write, however
 * many secrets stand for it.
 */
export function createSecretStore<Value extends { id: string; name: string }>({ table, audit, kind }: Options<Value>) {
  const pointerOf = (id: string): Place => ({ pk: `${kind.type}#${id}`, sk: 'ID' });
  const point = (id: string, sha256: string): Promise<void> =>
    setItem(table, toItem({ ...pointerOf(id), v: ITEM_VERSION, sha256 }));

  async function find(sha256: string): Promise<ReadItem<Value> | undefined> {
    let item = await getItem(table, placeOf(kind, sha256));
    for (let hops = 0; item?.successor?.S !== undefined; hops += 1) {
      if (hops === MOST_SECRETS) return undefined;
      item = await getItem(table, placeOf(kind, item.successor.S));
    }
    return item && (await isInForce(item)) ? readItem(kind, item) : undefined;
  }

  /** An item that another one was to be replaced by is in force when that one says so. */
  async function isInForce(item: Item): Promise<boolean> {
    const replaced = item.replaces?.S;
    if (replaced === undefined) return true;
    const place = { pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' };
    const before = await getItem(table, placeOf(kind, replaced));
    if (!before?.successor || placeOf(kind, before.successor.S ?? '').pk !== place.pk) return false;
    // The rotation was done, and its process ended before it had tidied up.
    await leavingNewer(async () => {
      await point(item.id?.S ?? '', place.pk.slice(kind.type.length + 1));
      await removeAttribute(table, place, 'replaces');
    });
    return true;
  }

  async function readById(id: string): Promise<ReadItem<Value> | undefined> {
    const sha256 = (await getItem(table, pointerOf(id)))?.sha256?.S;
    return sha256 === undefined ? undefined : find(sha256);
  }

  return {
    find,
    async read(id: string) {
      const found = await readById(id);
      return found && { value: found.value, version: found.version };
    },
    list: (page: { limit: number; cursor?: string | undefined }) =>
      listPage(table, kind, {
        ...page,
        newestFirst: true,
        isInForce: async (item) => (await leavingNewer(() => isInForce(item))) ?? false,
        readById: (id) => leavingNewer(() => readById(id)),
      }),
    async create(sha256: string, value: Value, entry: AuditEntry): Promise<boolean> {
      const place = placeOf(kind, sha256);
      // Fails where a newer version made it, before anything is written.
      await getItem(table, place);
      // First, so that whatever can be used can also be revoked.
      await point(value.id, sha256);
      const isDone = await audit.write({ place, fields: itemOf(kind, place, value), before: { version: 0 }, entry });
      if (!isDone) await deleteItem(table, pointerOf(value.id));
      return isDone;
    },
    async change({ value, version, entry }: Change<Value>): Promise<boolean> {
      const found = await readById(value.id);
      if (found?.version !== version) return false;
      const { place, item } = found;
      return audit.write({ place, fields: itemOf(kind, place, value), before: { version, item }, entry });
    },
    async rotate(sha256: string, until: number, { value, version, entry }: Change<Value>): Promise<boolean> {
      const found = await readById(value.id);
      if (found?.version !== version) return false;
      const { place: oldPlace } = found;
      const place = placeOf(kind, sha256);
      const oldSha256 = oldPlace.pk.slice(kind.type.length + 1);
      const reference = toItem({
        ...oldPlace,
        v: ITEM_VERSION,
        id: value.id,
        name: value.name,
        revoked: false,
        successor: sha256,
        expiresAt: until,
        ttl: until + DAY_SECONDS,
        version: version + 1,
      });
      const fields = { ...itemOf(kind, place, value), ...toItem({ replaces: oldSha256 }) };
      const isDone = await audit.write({
        place,
        fields,
        before: { version: 0, item: found.item },
        version: version + 1,
        entry,
        // One write decides: from then on the old secret stands for the new item.
        commit: async () => {
          if (!(await putItem(table, reference, version)) && !(await hasSuccessor(oldPlace, sha256))) {
            await deleteItem(table, place);
            return false;
          }
          await point(value.id, sha256);
          await removeAttribute(table, place, 'replaces');
          return true;
        },
      });
      return isDone;
    },
  };

  async function hasSuccessor(place: Place, sha256: string): Promise<boolean> {
    return (await getKnownItem(table, place))?.successor?.S === sha256;
  }
}
