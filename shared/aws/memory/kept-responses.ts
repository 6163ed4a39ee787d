import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { createCircuit } from '../../async/circuit.ts';
import type { Time } from '../../async/time.ts';
import type { KeptResponses } from '../../call/kept-response.ts';
import type { Log } from '../../log.ts';
import { fromItem, toItem } from '../attributes.ts';
import type { Table } from '../table.ts';
import { ITEM_VERSION, ifKnown, isKnown } from '../version.ts';
import { isMet } from './items.ts';

/** As long as OpenAI, xAI and Fireworks keep them. */
const KEPT_SECONDS = 30 * 86_400;

const keptItem = z.object({
  caller: z.string(),
  provider: z.string(),
  model: z.string(),
  isPending: z.boolean(),
  ttl: z.number(),
});

interface Options {
  table: Table;
  time: Pick<Time, 'now'>;
  log: Pick<Log, 'warn'>;
}

/** The answers that providers keep, by their id: `RESPONSE#<id>`. */
export function createKeptResponses({ table, time, log }: Options): KeptResponses {
  const { now } = time;
  const message = 'kept responses cannot be noted: they can only be read in the answer itself';
  const circuit = createCircuit({ message, log, time });
  const TableName = table.name;
  const keyOf = (id: string) => ({ pk: { S: `RESPONSE#${id}` }, sk: { S: 'RESPONSE' } });
  return {
    async find(id) {
      const { Item } = await table.client.send(new GetItemCommand({ TableName, Key: keyOf(id), ConsistentRead: true }));
      if (!Item || !isKnown(Item)) return undefined;
      const { ttl, ...kept } = keptItem.parse(fromItem(Item));
      return ttl * 1000 > now() ? { id, ...kept } : undefined;
    },
    async write({ id, ...kept }) {
      const ttl = Math.ceil(now() / 1000) + KEPT_SECONDS;
      const Item = { ...keyOf(id), ...toItem({ v: ITEM_VERSION, ...kept, ttl }) };
      const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = ifKnown;
      // A provider may give two callers the same answer, to the same idempotency key: it stays the first one's.
      const put = new PutItemCommand({
        TableName,
        Item,
        ConditionExpression: `${ConditionExpression} AND (attribute_not_exists(caller) OR caller = :caller)`,
        ExpressionAttributeNames,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ':caller': { S: kept.caller } },
      });
      await circuit(() => isMet(table.client.send(put)));
    },
    counted: (id) =>
      isMet(
        table.client.send(
          new UpdateItemCommand({
            TableName,
            Key: keyOf(id),
            UpdateExpression: 'SET isPending = :no',
            ConditionExpression: 'isPending = :yes',
            ExpressionAttributeValues: { ':no': { BOOL: false }, ':yes': { BOOL: true } },
          }),
        ),
      ),
    // The gateway's role may delete nothing; the table does that, some hours later.
    async remove(id) {
      await circuit(() =>
        table.client.send(
          new UpdateItemCommand({
            TableName,
            Key: keyOf(id),
            UpdateExpression: 'SET #ttl = :over',
            ExpressionAttributeNames: { '#ttl': 'ttl' },
            ExpressionAttributeValues: { ':over': { N: '1' } },
          }),
        ),
      );
    },
  };
}
