import { PutItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createAudit } from '../../shared/aws/admin/audit.ts';
import { type Item, toItem } from '../../shared/aws/attributes.ts';
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

  test('that names no item is dropped after a while', async () => {
    await announce('aud_1', { itemPk: '', itemSk: '' });
    expect((await later().list(month, { limit: 10 })).items).toEqual([]);
    expect(await under('AUDIT#PENDING')).toEqual([]);
  });
});

describe('of a newer version', () => {
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
});
