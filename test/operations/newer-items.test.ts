import { PutItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createAudit } from '../../shared/aws/admin/audit.ts';
import { fromItem, type Item, toItem } from '../../shared/aws/attributes.ts';
import { type AdminRig, startAdminRig } from '../support/admin-rig.ts';

/** A newer Sluice wrote items, and an older one runs again: it leaves them as they are, and works beside them. */
let rig: AdminRig;

beforeEach(async () => {
  rig = await startAdminRig();
  onTestFinished(rig.close);
});

const sha256 = 'ab'.repeat(32);
const month = new Date().toISOString().slice(0, 7);

async function items(): Promise<Item[]> {
  const { client, name } = rig.local.table;
  return (await client.send(new ScanCommand({ TableName: name, ConsistentRead: true }))).Items ?? [];
}
const under = async (partition: string) => (await items()).filter(({ pk }) => pk?.S?.startsWith(partition));
const at = async (pk: string, sk: string) =>
  (await items()).find((item) => item.pk?.S === pk && item.sk?.S === sk) as Item;

/** As a newer version would have written it over. */
async function makeNewer(pk: string, sk: string): Promise<Item> {
  await rig.local.table.client.send(
    new UpdateItemCommand({
      TableName: rig.local.table.name,
      Key: toItem({ pk, sk }),
      UpdateExpression: 'SET v = :v, meaning = :other',
      ExpressionAttributeValues: toItem({ ':v': 2, ':other': 'other' }),
    }),
  );
  return at(pk, sk);
}

/** Something else happens just before the next write to a partition that begins so. */
function justBefore(command: string, partition: string, act: (pk: string) => Promise<unknown>): void {
  let isDone = false;
  rig.local.table.client.middlewareStack.add(
    (next, context) => async (args) => {
      const { Item: item, Key: key } = args.input as { Item?: Item; Key?: Item };
      const pk = (item ?? key)?.pk?.S ?? '';
      if (!isDone && context.commandName === command && pk.startsWith(partition)) {
        isDone = true;
        await act(pk);
      }
      return next(args);
    },
    { step: 'initialize', name: `before ${command} ${partition}` },
  );
}

const later = () => createAudit({ table: rig.local.table, time: { now: () => Date.now() + 16 * 60_000 }, log: silent });
const silent = { warn: () => {} };
const makeKey = async (fields: object = {}) => (await rig.call('POST', '/keys', { name: 'x', ...fields })).body;

describe('a refused import of a key that a newer version made', () => {
  test('leaves nothing behind, and the audit log readable', async () => {
    await makeNewer(`KEY#${sha256}`, 'KEY');
    const before = await items();
    const { status, body } = await rig.call('POST', '/keys/import', { sha256, name: 'x' });
    expect([status, body.error.code]).toEqual([409, 'newer_version']);
    expect(await items()).toEqual(before);
    expect((await rig.call('GET', '/audit')).status).toBe(200);
  });

  test('leaves nothing behind where that one came at the very moment', async () => {
    justBefore('PutItemCommand', `KEY#${sha256}`, () => makeNewer(`KEY#${sha256}`, 'KEY'));
    expect((await rig.call('POST', '/keys/import', { sha256, name: 'x' })).status).toBe(409);
    expect(await items()).toEqual([await at(`KEY#${sha256}`, 'KEY')]);
    expect((await rig.call('GET', '/audit')).status).toBe(200);
  });
});

describe('a note in the audit log', () => {
  const announce = (sk: string, fields: object = {}) =>
    rig.local.table.client.send(
      new PutItemCommand({
        TableName: rig.local.table.name,
        Item: toItem({ pk: 'AUDIT#PENDING', sk, v: 1, at: Date.now(), ...fields }),
      }),
    );

  test.each<[string, () => Promise<unknown>]>([
    ['an item of a newer version', () => makeNewer('GROUP#a', 'GROUP')],
    [
      'an item whose entry cannot be read',
      () =>
        rig.local.table.client.send(
          new PutItemCommand({
            TableName: rig.local.table.name,
            Item: toItem({ pk: 'GROUP#a', sk: 'GROUP', v: 1, entry: '{' }),
          }),
        ),
    ],
  ])('that refers to %s leaves the log readable, and is dropped after a while', async (_, write) => {
    await write();
    await announce('aud_1', { itemPk: 'GROUP#a', itemSk: 'GROUP' });
    const { id } = await makeKey();
    await announce('aud_2', { itemPk: 'GROUP#a', itemSk: 'GROUP' });
    const { status, body } = await rig.call('GET', '/audit');
    expect([status, body.data[0]?.subject]).toEqual([200, id]);
    expect(await under('AUDIT#PENDING')).toHaveLength(2);
    expect((await later().list(month, { limit: 10 })).items).toHaveLength(1);
    expect(await under('AUDIT#PENDING')).toEqual([]);
  });

  test('is kept while the table is away, and the log is not read past it', async () => {
    await announce('aud_1', { itemPk: 'GROUP#a', itemSk: 'GROUP' });
    let asked = 0;
    rig.local.table.client.middlewareStack.add(
      (next, context) => (args) => {
        if (context.commandName !== 'GetItemCommand') return next(args);
        asked += 1;
        throw new Error('the table is away');
      },
      { step: 'initialize', name: 'away' },
    );
    await announce('aud_2', { itemPk: 'GROUP#a', itemSk: 'GROUP' });
    expect([(await rig.call('GET', '/audit')).status, asked]).toEqual([503, 1]);
    rig.local.table.client.middlewareStack.remove('away');
    expect((await rig.call('GET', '/audit')).status).toBe(200);
    expect(await under('AUDIT#PENDING')).toHaveLength(2);
  });

  test('that names no item is dropped after a while', async () => {
    await announce('aud_1', { itemPk: '', itemSk: '' });
    expect((await later().list(month, { limit: 10 })).items).toEqual([]);
    expect(await under('AUDIT#PENDING')).toEqual([]);
  });
});

describe('of a newer version', () => {
  test('an audit entry is not copied over, and the change is made', async () => {
    const { id } = await makeKey();
    const [entry] = await under(`AUDIT#${month}`);
    const before = await makeNewer(entry!.pk!.S!, entry!.sk!.S!);
    expect((await rig.call('PATCH', `/keys/${id}`, { name: 'y' })).status).toBe(200);
    expect(await at(entry!.pk!.S!, entry!.sk!.S!)).toEqual(before);
    expect((await rig.call('GET', '/audit')).body.data).toHaveLength(1);
  });

  test('a note is neither read nor deleted', async () => {
    const before = await makeNewer('AUDIT#PENDING', 'aud_1');
    await makeKey();
    await later().list(month, { limit: 10 });
    expect(await under('AUDIT#PENDING')).toEqual([before]);
  });

  test('a note that came at the very moment is not deleted', async () => {
    const newer = async () => makeNewer('AUDIT#PENDING', (await under('AUDIT#PENDING'))[0]!.sk!.S!);
    justBefore('DeleteItemCommand', 'AUDIT#PENDING', newer);
    await makeKey();
    expect((await under('AUDIT#PENDING')).map(fromItem)).toMatchObject([{ v: 2 }]);
  });

  test('a pointer is neither written over nor deleted when its key is made', async () => {
    let id = '';
    justBefore('PutItemCommand', 'KEY#key_', (pk) => {
      id = pk;
      return makeNewer(pk, 'ID');
    });
    const { status, body } = await rig.call('POST', '/keys', { name: 'x' });
    expect([status, body.error.code]).toEqual([409, 'newer_version']);
    expect(await items()).toEqual([expect.objectContaining(toItem({ pk: id, sk: 'ID', v: 2 }))]);
  });

  test('the secret before is not written over by a rotation, which is taken back', async () => {
    const { id } = await makeKey();
    const [old] = (await under('KEY#')).filter(({ sk }) => sk?.S === 'KEY');
    justBefore('PutItemCommand', `KEY#${old!.pk!.S!.slice(4)}`, () => makeNewer(old!.pk!.S!, 'KEY'));
    expect((await rig.call('POST', `/keys/${id}/rotate`, {})).status).toBe(409);
    const keys = (await under('KEY#')).filter(({ sk }) => sk?.S === 'KEY');
    expect(keys).toEqual([expect.objectContaining(toItem({ pk: old!.pk!.S!, v: 2, meaning: 'other' }))]);
    expect(await under('AUDIT#PENDING')).toEqual([]);
  });

  test('what a rotation left half done is left as it is, and the other keys are listed', async () => {
    const { id } = await makeKey();
    const { id: other } = await makeKey();
    const pointer = (await at(`KEY#${id}`, 'ID')).sha256!.S!;
    const half = { ...(await at(`KEY#${pointer}`, 'KEY')), ...toItem({ pk: `KEY#${sha256}`, replaces: pointer }) };
    await rig.local.table.client.send(new PutItemCommand({ TableName: rig.local.table.name, Item: half }));
    await makeNewer(`KEY#${pointer}`, 'KEY');
    const before = await items();
    const { status, body } = await rig.call('GET', '/keys');
    expect([status, body.data?.map((key: { id: string }) => key.id)]).toEqual([200, [other]]);
    expect(await items()).toEqual(before);
  });

  test('a pointer is left as it is where a rotation is brought to its end', async () => {
    const { id } = await makeKey();
    const old = (await at(`KEY#${id}`, 'ID')).sha256!.S!;
    const { client, name } = rig.local.table;
    const done = { ...(await at(`KEY#${old}`, 'KEY')), ...toItem({ pk: `KEY#${sha256}`, replaces: old }) };
    await client.send(new PutItemCommand({ TableName: name, Item: done }));
    const reference = toItem({ pk: `KEY#${old}`, sk: 'KEY', v: 1, id, name: 'x', successor: sha256 });
    await client.send(new PutItemCommand({ TableName: name, Item: reference }));
    const pointer = await makeNewer(`KEY#${id}`, 'ID');
    const { status, body } = await rig.call('GET', '/keys');
    expect([status, body.data?.map((key: { id: string }) => key.id)]).toEqual([200, [id]]);
    expect(await at(`KEY#${id}`, 'ID')).toEqual(pointer);
  });

  test('the successor in a rotation is left as it is', async () => {
    const { id } = await makeKey();
    let newer: Item | undefined;
    justBefore('UpdateItemCommand', 'KEY#', async () => {
      const [made] = (await under('KEY#')).filter(({ replaces }) => replaces);
      newer = await makeNewer(made!.pk!.S!, 'KEY');
    });
    await rig.call('POST', `/keys/${id}/rotate`, {});
    expect(await at(newer!.pk!.S!, 'KEY')).toEqual(newer);
  });

  test.each([
    ['a group', 'GROUP#a', 'GROUP', 'POST', '/groups', { id: 'a', name: 'A' }, 409],
    ['a group', 'GROUP#a', 'GROUP', 'PATCH', '/groups/a', { name: 'A' }, 409],
    ['a group', 'GROUP#a', 'GROUP', 'DELETE', '/groups/a', undefined, 409],
  ])('%s (%s / %s) is not changed: %s %s', async (_, pk, sk, method, path, body, status) => {
    const before = await makeNewer(pk, sk);
    expect((await rig.call(method, path, body)).status).toBe(status);
    expect(await items()).toEqual([before]);
  });

  test('the generation of all images is not changed, and the log says that it was tried', async () => {
    const before = await makeNewer('IMAGES', 'GENERATION');
    expect((await rig.call('DELETE', '/cache')).status).toBe(503);
    expect(await at('IMAGES', 'GENERATION')).toEqual(before);
    const [entry, ...others] = (await items()).filter(({ pk }) => pk?.S !== 'IMAGES');
    expect([entry?.action?.S, entry?.after?.S, others]).toEqual(['cache.clear', 'null', []]);
  });
});

test('every write and every deletion has the version in its condition', async () => {
  const made: { command: string; condition: unknown }[] = [];
  rig.local.table.client.middlewareStack.add(
    (next, context) => (args) => {
      const { ConditionExpression: condition } = args.input as { ConditionExpression?: string };
      const command = String(context.commandName);
      if (!/^(?:Get|BatchGet|Query)/.test(command)) made.push({ command, condition });
      return next(args);
    },
    { step: 'initialize' },
  );
  await rig.call('POST', '/groups', { id: 'team', name: 'Team' });
  const { id } = await makeKey({ group: 'team' });
  await rig.call('PATCH', `/keys/${id}`, { name: 'y' });
  await rig.call('POST', `/keys/${id}/rotate`, {});
  await rig.call('POST', `/keys/${id}/revoke`);
  await rig.call('POST', '/keys/import', { sha256, name: 'x' });
  await rig.call('POST', '/keys/import', { sha256, name: 'x' });
  await rig.call('POST', '/admin-keys', { name: 'x' });
  await rig.call('DELETE', '/groups/team');
  await rig.call('DELETE', '/cache');
  expect(new Set(made.map(({ command }) => command))).toEqual(
    new Set(['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand']),
  );
  const known = expect.stringContaining('(attribute_not_exists(#v) OR #v = :v)');
  expect(made.map(({ condition }) => condition)).toEqual(made.map(() => known));
});
