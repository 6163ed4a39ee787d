import type { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type LocalTable, startTable } from '../../infra/local/table.ts';
import type { UsageRecord } from '../../shared/accounting/record.ts';
import { createKeySets } from '../../shared/aws/issuers/key-sets.ts';
import { createPorts } from '../../shared/aws/ports.ts';
import { writeEach } from '../../shared/aws/usage.ts';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { startAdminRig } from '../support/admin-rig.ts';
import { type Plane, resources, resourcesOf, templateWith } from './synthesize.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, string | string[]>>;
}

const list = <Item>(one: Item | Item[]): Item[] => (Array.isArray(one) ? one : [one]);

/** Whether the function may do this with items of these partitions: IAM's rules, as far as the template uses them. */
function allows(template: Template, action: string, partitions: readonly string[], plane: Plane = 'Gateway'): boolean {
  const [table] = Object.keys(resources(template, 'AWS::DynamoDB::Table'));
  const statements = Object.values(resourcesOf(template, 'AWS::IAM::Policy', plane)).flatMap(
    ({ Properties }) => (Properties.PolicyDocument as { Statement: Statement[] }).Statement,
  );
  const about = statements.filter(({ Action, Resource }) => {
    const isTable = list(Resource).some((name) => JSON.stringify(name).includes(`"${table}"`));
    return isTable && list(Action).some((pattern) => isLike(`dynamodb:${action}`, pattern));
  });
  if (about.some(({ Effect }) => Effect !== 'Allow')) throw new Error('this test knows no statement but Allow');
  return about.some(({ Condition = {} }) =>
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([name, expected]) => holds(operator, name, list(expected), partitions)),
    ),
  );
}

function holds(operator: string, name: string, expected: readonly string[], partitions: readonly string[]): boolean {
  if (name !== 'dynamodb:LeadingKeys') throw new Error(`this test does not know the condition key ${name}`);
  if (operator === 'Null') return (partitions.length === 0) === (expected[0] === 'true');
  if (operator === 'ForAllValues:StringLike')
    return partitions.every((partition) => expected.some((pattern) => isLike(partition, pattern)));
  throw new Error(`this test does not know the condition operator ${operator}`);
}

const isLike = (text: string, pattern: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    's',
  ).test(text);

const writes = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];

describe('the data plane', () => {
  const template = () => templateWith();

  test.each(['KEY#0a1b', 'CONFIG', 'GROUP#team', 'AUDIT#2026-11', 'HOUR#2026-11-21T08', 'DAY#2026-11-21', 'x', ''])(
    'cannot write to the partition %j',
    (partition) => {
      for (const action of writes) expect(allows(template(), action, [partition])).toBe(false);
    },
  );

  test('cannot write to a partition that only looks like one of its own', () => {
    for (const partition of ['IMAGES#1', 'KEY#USAGE#1', ' USAGE#1', 'usage#1', 'HEALTH'])
      expect(allows(template(), 'PutItem', [partition])).toBe(false);
  });

  test('cannot write to another partition in one call with its own, nor without naming one', () => {
    expect(allows(template(), 'PutItem', ['USAGE#2026-11-21#3', 'KEY#0a1b'])).toBe(false);
    expect(allows(template(), 'PutItem', [])).toBe(false);
  });

  test.each([
    'USAGE#2026-11-21#3',
    'SCOPE#key1',
    'IMAGE#0a',
    'IMAGES',
    'VISION#2026-11-21',
    'ANSWER#0a',
    'HEALTH#p/m',
    'JWKS#0a',
    'RESPONSE#r1',
  ])('can write to its partition %j', (partition) => {
    for (const action of ['PutItem', 'UpdateItem']) expect(allows(template(), action, [partition])).toBe(true);
  });

  test('can read keys, groups, usage and the configuration', () => {
    for (const action of ['GetItem', 'BatchGetItem', 'Query'])
      expect(allows(template(), action, ['KEY#0a', 'GROUP#a', 'CONFIG', 'USAGE#2026-11-21#3'])).toBe(true);
  });

  test.each(['Scan', 'DeleteItem', 'DeleteTable', 'UpdateTable', 'TransactWriteItems', 'PartiQLInsert'])(
    'has no right to %s',
    (action) => expect(allows(template(), action, ['USAGE#2026-11-21#3'])).toBe(false),
  );
});

describe('what the data plane does with the table', () => {
  let local: LocalTable;
  const calls: { action: string; partitions: string[] }[] = [];

  beforeAll(async () => {
    local = await startTable();
    local.table.client.middlewareStack.add(
      (next, context) => (args) => {
        const action = String(context.commandName).replace(/Command$/, '');
        calls.push({ action, partitions: partitionsIn(args.input) });
        return next(args);
      },
      { step: 'initialize' },
    );
  });
  afterAll(() => local.close());

  test('is allowed, call by call: records, keys, groups, limits, usage, descriptions, counts, readiness, keys of issuers', async () => {
    const log = { warn: () => {}, error: () => {} };
    const ports = createPorts({
      catalog: loadCatalog({ providers: { openai: {} } }),
      log,
      table: local.table,
      secrets: { masterKeys: async () => ['x'], providerKey: async () => 'x' },
      records: { report: () => {}, ...writeEach({ table: local.table, retentionDays: 1, log }) },
    });
    const { descriptions } = ports;
    const tasks: Promise<void>[] = [];
    const after = (task: () => Promise<void>) => void tasks.push(task());
    const signal = new AbortController().signal;
    const key = { subject: '0'.repeat(64), variant: 'v' };
    await ports.records.write(record);
    await ports.keys.find('0a');
    await ports.groups.find('organization');
    const wanted = { id: 'a', input: 0, output: 0, until: 1 };
    await (await ports.rates.reserve([{ id: 'key_1', limits: { rpm: 5 } }], wanted)).settle(0);
    await ports.ownUsage.read('master', ['2026-11-21']);
    await descriptions.obtain(key, { make: async () => ({ text: 'a dot', isCut: false }), signal, after });
    const failing = { make: async () => Promise.reject(new Error('no')), signal, after };
    await expect(descriptions.obtain({ ...key, variant: 'other' }, failing)).rejects.toThrow('no');
    await Promise.all(tasks);
    await descriptions.clear(key.subject);
    await descriptions.clear();
    await descriptions.statistics();
    await ports.checks.table!();
    const issuer = { issuer: 'https://issuer.example.com' };
    await createKeySets(local.table).write(issuer, { text: '{}', fetchedAt: 1 });
    await createKeySets(local.table).read(issuer);

    expect(calls.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['PutItem', 'UpdateItem', 'GetItem', 'BatchGetItem', 'Query']),
    );
    const template = templateWith();
    expect(calls.filter(({ action, partitions }) => !allows(template, action, partitions))).toEqual([]);
  });
});

describe('the administration', () => {
  const writing = ['PutItem', 'UpdateItem', 'DeleteItem'];

  test.each(['KEY#0a1b', 'GROUP#team', 'ADMIN#0a1b', 'AUDIT#2026-11', 'CONFIG', 'IMAGES'])(
    'can write to the partition %j',
    (partition) => {
      for (const action of writing) expect(allows(templateWith(), action, [partition], 'Admin')).toBe(true);
    },
  );

  test.each(['USAGE#2026-11-21#3', 'SCOPE#key1', 'ANSWER#0a', 'HEALTH#p/m', 'JWKS#0a', 'x'])(
    'cannot write to the partition %j',
    (partition) => {
      for (const action of writes) expect(allows(templateWith(), action, [partition], 'Admin')).toBe(false);
    },
  );

  test('can read usage and cannot scan', () => {
    expect(allows(templateWith(), 'Query', ['USAGE#2026-11-21#3'], 'Admin')).toBe(true);
    expect(allows(templateWith(), 'Scan', [], 'Admin')).toBe(false);
  });

  test('does with the table what its role allows, call by call', async () => {
    const rig = await startAdminRig();
    onTestFinished(rig.close);
    const made: { action: string; partitions: string[] }[] = [];
    rig.local.table.client.middlewareStack.add(
      (next, context) => (args) => {
        const action = String(context.commandName).replace(/Command$/, '');
        made.push({ action, partitions: partitionsIn(args.input) });
        return next(args);
      },
      { step: 'initialize' },
    );
    const { body: group } = await rig.call('POST', '/groups', { id: 'team', name: 'Team' });
    const { body: key } = await rig.call('POST', '/keys', { name: 'x', group: group.id });
    await rig.call('POST', `/keys/${key.id}/rotate`, {});
    await rig.call('POST', `/keys/${key.id}/revoke`);
    await rig.call('POST', '/admin-keys', { name: 'x' });
    await rig.call('DELETE', '/groups/team');
    await rig.call('DELETE', '/cache');
    for (const path of ['/keys', '/groups', '/admin-keys', '/audit', '/usage?by=group', '/cache/stats'])
      expect((await rig.call('GET', path)).status).toBe(200);
    expect(new Set(made.map(({ action }) => action)).size).toBe(6);
    const template = templateWith();
    expect(made.filter(({ action, partitions }) => !allows(template, action, partitions, 'Admin'))).toEqual([]);
  });
});

/** The values of all partition keys in a call, wherever they stand. */
function partitionsIn(input: unknown): string[] {
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([name, value]) =>
    name === 'pk' ? [(value as { S: string }).S] : partitionsIn(value),
  );
}

const record: UsageRecord = {
  requestId: 'r1',
  time: '2026-11-21T08:00:00.000Z',
  caller: 'master',
  purpose: 'chat',
  dialect: 'openai-chat',
  askedModel: 'm',
  attempts: [],
  totalMs: 1,
  status: 200,
  streamed: false,
};
