import { ConditionalCheckFailedException, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  type Amounts,
  type Change,
  type Changed,
  type Guard,
  RefusedChange,
  type ScopeState,
  type Scopes,
} from '../accounting/limits/scopes.ts';
import type { Time } from '../async/time.ts';
import type { Item } from './attributes.ts';
import type { Table } from './table.ts';
import { ITEM_VERSION, isKnown } from './version.ts';

/** Short, since each write is paid by the kilobyte of the item. A lease is an attribute of its own: `l_<id>`. */
const names = { requests: 'rq', tokens: 'tk', refilledAt: 'rf', open: 'op' } as const;
const LEASE = 'l_';
/** After a minute without use everything is full again; long after that the item is deleted. */
const KEPT_SECONDS = 2 * 86_400;

export const scopePartition = (id: string): string => `SCOPE#${id}`;

/** Scopes in DynamoDB: each is one item, so that one write takes everything or nothing. */
export function createScopes(table: Table, time: Pick<Time, 'now'>): Scopes {
  const keyOf = (id: string) => ({ pk: { S: scopePartition(id) }, sk: { S: 'STATE' } });
  // A change that fails may be sent again by its sender, who knows how long it still matters.
  const client = () => table.quick ?? table.client;

  async function change(id: string, change: Change): Promise<Changed> {
    const { update, condition, values } = expressions(change, time.now());
    try {
      const { Attributes = {} } = await client().send(
        new UpdateItemCommand({
          TableName: table.name,
          Key: keyOf(id),
          UpdateExpression: update,
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { done: true, state: stateOf(Attributes) };
    } catch (thrown) {
      if (thrown instanceof Error && thrown.name === 'ValidationException') {
        throw new RefusedChange('the table refuses a change of limits', { cause: thrown });
      }
      if (!(thrown instanceof ConditionalCheckFailedException)) throw thrown;
      return { done: false, ...(thrown.Item ? { state: checked(thrown.Item) } : {}) };
    }
  }

  return {
    change,
    async read(id) {
      const command = new GetItemCommand({ TableName: table.name, Key: keyOf(id), ConsistentRead: true });
      const { Item } = await client().send(command);
      return Item && checked(Item);
    },
  };
}

function checked(item: Item): ScopeState {
  if (!isKnown(item)) throw new Error(`the scope's item is of version ${item.v?.N}`);
  return stateOf(item);
}

function stateOf(item: Item): ScopeState {
  const number = (name: string): number | undefined => (item[name]?.N === undefined ? undefined : Number(item[name].N));
  const leases = Object.entries(item)
    .filter(([name]) => name.startsWith(LEASE))
    .map(([name, { N }]) => [name.slice(LEASE.length), Number(N)] as const);
  return {
    requests: number(names.requests),
    tokens: number(names.tokens),
    refilledAt: number(names.refilledAt),
    open: number(names.open) ?? 0,
    leases: new Map(leases),
  };
}

interface Expressions {
  update: string;
  condition: string;
  values: Item;
}

/** Ids of leases are letters and digits, so that they can stand in an expression as they are. */
function lease(id: string): string {
  if (!/^[A-Za-z0-9]{1,64}$/.test(id)) throw new Error('the id of a lease has letters and digits only');
  return LEASE + id;
}

function expressions(
  { add, refilledAt, begins, renews, ends = [], sweeps = new Map(), guard = {} }: Change,
  now: number,
) {
  const values: Item = {};
  const value = (name: string, number: number): string => {
    values[`:${name}`] = { N: String(number) };
    return `:${name}`;
  };
  const set = [`v = ${value('v', ITEM_VERSION)}`, `#ttl = ${value('ttl', Math.ceil(now / 1000) + KEPT_SECONDS)}`];
  const conditions = ['(attribute_not_exists(v) OR v = :v)', ...guardConditions(guard, value)];
  const adds = Object.entries(add).map(([name, amount]) => `${names[name as keyof Amounts]} ${value(name, amount)}`);
  const removes = [...ends, ...sweeps.keys()].map(lease);
  if (refilledAt !== undefined) set.push(`${names.refilledAt} = ${value('refilledAt', refilledAt)}`);
  if (begins) {
    const until = value('until', begins.until);
    set.push(...begins.ids.map((id) => `${lease(id)} = ${until}`));
    conditions.push(...begins.ids.map((id) => `attribute_not_exists(${lease(id)})`));
  }
  if (renews) {
    set.push(`${lease(renews.id)} = ${value('until', renews.until)}`);
    conditions.push(`attribute_exists(${lease(renews.id)})`);
  }
  conditions.push(...ends.map((id) => `attribute_exists(${lease(id)})`));
  conditions.push(...[...sweeps].map(([id, until], at) => `${lease(id)} = ${value(`swept${at}`, until)}`));
  const opened = (begins?.ids.length ?? 0) - removes.length;
  if (opened !== 0) adds.push(`${names.open} ${value('opened', opened)}`);
  const parts = [
    `SET ${set.join(', ')}`,
    ...(adds.length > 0 ? [`ADD ${adds.join(', ')}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
  ];
  return { update: parts.join(' '), condition: conditions.join(' AND '), values } satisfies Expressions;
}

function guardConditions(
  { refilledAt, refilledAfter, atLeast = {}, absent = [], mostOpen }: Guard,
  value: (name: string, number: number) => string,
): string[] {
  const { refilledAt: refill, open } = names;
  const conditions = Object.entries(atLeast).map(
    ([name, least]) => `${names[name as keyof Amounts]} >= ${value(`least${name}`, least)}`,
  );
  conditions.push(...absent.map((name) => `attribute_not_exists(${names[name]})`));
  if (refilledAt === null) conditions.push(`attribute_not_exists(${refill})`);
  else if (refilledAt !== undefined) conditions.push(`${refill} = ${value('refilledBefore', refilledAt)}`);
  if (refilledAfter !== undefined) conditions.push(`${refill} > ${value('refilledAfter', refilledAfter)}`);
  if (mostOpen !== undefined) {
    const most = value('mostOpen', mostOpen);
    conditions.push(`(attribute_not_exists(${open}) OR ${open} <= ${most})`);
  }
  return conditions;
}
