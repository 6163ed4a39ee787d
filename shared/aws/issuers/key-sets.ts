import { createHash } from 'node:crypto';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { type KeySetStore, LONGEST_MS } from '../../identity/issuer-keys.ts';
import { fromItem, toItem } from '../attributes.ts';
import type { Table } from '../table.ts';
import { ITEM_VERSION, ifKnown, isKnown } from '../version.ts';

const keySetItem = z.object({ text: z.string(), fetchedAt: z.number() });

/** By all that says where its keys are, so that a change of the configuration does not use what was fetched before it. */
export const keySetPartition = (issuer: string, jwksUrl = ''): string =>
  `JWKS#${createHash('sha256').update(`${issuer}\n${jwksUrl}`).digest('hex')}`;

/** The keys of issuers in the table: a function that starts need not fetch them. */
export function createKeySets(table: Table): KeySetStore {
  const keyOf = (pk: string) => ({ pk: { S: pk }, sk: { S: 'KEYS' } });
  return {
    async read({ issuer, jwksUrl }) {
      const Key = keyOf(keySetPartition(issuer, jwksUrl));
      const { Item } = await table.client.send(new GetItemCommand({ TableName: table.name, Key }));
      return Item && isKnown(Item) ? keySetItem.parse(fromItem(Item)) : undefined;
    },
    async write({ issuer, jwksUrl }, { text, fetchedAt }) {
      const ttl = Math.ceil((fetchedAt + LONGEST_MS) / 1000);
      const Item = {
        ...keyOf(keySetPartition(issuer, jwksUrl)),
        ...toItem({ v: ITEM_VERSION, issuer, text, fetchedAt, ttl }),
      };
      await table.client.send(new PutItemCommand({ TableName: table.name, Item, ...ifKnown }));
    },
  };
}
