import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Time } from '../async/time.ts';
import { type Group, group } from '../call/virtual-key.ts';
import type { Groups } from '../gateway/authenticate.ts';
import type { Log } from '../log.ts';
import { fromItem, jsonAttribute } from './attributes.ts';
import { createRemembered } from './remembered.ts';
import type { Table } from './table.ts';
import { isKnown } from './version.ts';

export const groupPartition = (id: string): string => `GROUP#${id}`;

/** A rule that is not known here is an error, never left out: what it forbids would be allowed. */
const groupItem = z.object({
  ...group.shape,
  rules: jsonAttribute(group.shape.rules.unwrap()).optional(),
  providerKeys: jsonAttribute(group.shape.providerKeys.unwrap()).optional(),
  inferenceProfiles: jsonAttribute(group.shape.inferenceProfiles.unwrap()).optional(),
});

interface Options {
  table: Table;
  time: Pick<Time, 'now'>;
  log: Pick<Log, 'warn'>;
}

export interface RememberedGroups extends Groups {
  /** Looks the group of this id up again at its next use. */
  forget(id: string): void;
}

/** Groups, looked up by their id and remembered for a short time. */
export function createGroups({ table, time, log }: Options): RememberedGroups {
  async function look(id: string): Promise<Group | undefined> {
    const Key = { pk: { S: groupPartition(id) }, sk: { S: 'GROUP' } };
    const { Item } = await table.client.send(new GetItemCommand({ TableName: table.name, Key }));
    if (!Item) return undefined;
    if (!isKnown(Item)) throw new Error(`the group's item is of version ${Item.v?.N}`);
    const fields = fromItem(Item);
    // One that was deleted stays for its last audit entry.
    return fields.deleted === true ? undefined : groupItem.parse(fields);
  }

  const message = 'groups cannot be read anew: they serve on as they were';
  const { find, forget } = createRemembered({ look, message, time, log });
  return { find, forget: (id) => forget((group) => group.id === id) };
}
