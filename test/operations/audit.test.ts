import { GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemTime } from '../../shared/async/time.ts';
import { createAudit } from '../../shared/aws/admin/audit.ts';
import { fromItem } from '../../shared/aws/attributes.ts';
import { GatewayError } from '../../shared/errors.ts';
import { type AdminRig, startAdminRig } from '../support/admin-rig.ts';

let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

const entries = async (): Promise<Record<string, unknown>[]> => (await rig.call('GET', '/audit?limit=100')).body.data;
const of = async (subject: string) => (await entries()).filter((entry) => entry.subject === subject);

test('every change has an entry with who, before and after, newest first; what changed nothing has none', async () => {
  const { body: made, headers } = await rig.call('POST', '/keys', { name: 'x' });
  const { key, version, ...value } = made;
  const changed = await rig.call('PATCH', `/keys/${made.id}`, { name: 'y' });
  await rig.call('PATCH', `/keys/${made.id}`, { name: 'y' });
  await rig.call('POST', `/keys/${made.id}/rotate`, {});
  await rig.call('POST', `/keys/${made.id}/revoke`);
  const found = await of(made.id);
  expect(found.map(({ action }) => action)).toEqual(['key.revoke', 'key.rotate', 'key.change', 'key.create']);
  expect(found.at(-1)).toMatchObject({
    actor: 'master',
    before: null,
    after: value,
    requestId: headers.get('x-request-id'),
  });
  const { version: _, ...after } = changed.body;
  expect(found.at(-2)).toMatchObject({ before: value, after });
  expect(JSON.stringify(found)).not.toContain(key);
});

test('clearing the descriptions of images has an entry with who, what and how many there were', async () => {
  const image = 'A'.repeat(64);
  const { body: admin } = await rig.call('POST', '/admin-keys', { name: 'cleaner', access: 'write' });
  const { headers } = await rig.call('DELETE', '/cache', undefined, { authorization: `Bearer ${admin.key}` });
  await rig.call('DELETE', `/cache?image=${image}`);
  const [one, all] = (await entries()).filter(({ action }) => action === 'cache.clear');
  const before = { days: 30, stored: 0, stored_bytes: 0 };
  expect(all).toMatchObject({
    actor: admin.id,
    subject: 'images',
    before,
    after: { cleared: true },
    requestId: headers.get('x-request-id'),
  });
  expect(one).toMatchObject({ actor: 'master', subject: image.toLowerCase(), before, after: { cleared: true } });
});

test('where the descriptions cannot be cleared, the entry says that it was tried', async () => {
  const descriptions = { ...rig.ports.descriptions, clear: () => Promise.reject(new Error('away')) };
  const other = await startAdminRig({ table: rig.local, ports: () => ({ descriptions }) });
  const image = 'b'.repeat(64);
  expect((await other.call('DELETE', `/cache?image=${image}`)).status).toBe(503);
  await other.close();
  expect(await of(image)).toMatchObject([{ action: 'cache.clear', actor: 'master', after: null }]);
});

test('without an entry nothing is cleared', async () => {
  const cleared: unknown[] = [];
  const descriptions = { ...rig.ports.descriptions, clear: async (image?: string) => void cleared.push(image) };
  const audit = { ...rig.ports.audit, write: () => Promise.reject(new GatewayError('overloaded', 'away')) };
  const other = await startAdminRig({ table: rig.local, ports: () => ({ audit, descriptions }) });
  expect((await other.call('DELETE', '/cache')).status).toBe(503);
  await other.close();
  expect(cleared).toEqual([]);
});

test('an entry is deleted after 365 days', async () => {
  const { body } = await rig.call('POST', '/groups', { id: 'kept', name: 'Kept' });
  const { Items = [] } = await rig.local.table.client.send(new ScanCommand({ TableName: rig.local.table.name }));
  const item = Items.map(fromItem).find(({ subject }) => subject === 'kept')!;
  expect(item.pk).toBe(`AUDIT#${new Date().toISOString().slice(0, 7)}`);
  expect(Number(item.ttl)).toBe(Math.floor(Date.parse(String(item.time)) / 1000) + 365 * 86_400);
  expect(body.version).toBe(1);
});

test('pages are followed by their cursor', async () => {
  const all = await entries();
  const first = await rig.call('GET', '/audit?limit=2');
  const second = await rig.call('GET', `/audit?limit=2&cursor=${first.body.next}`);
  expect([...first.body.data, ...second.body.data]).toEqual(all.slice(0, 4));
});

describe('a process that ends after a change and before its entry is copied', () => {
  /** Lets so many writes through from now on; those after it fail, as when the process has ended. */
  function breakAfter(writes: number): () => void {
    const { middlewareStack } = rig.local.table.client;
    let left = writes;
    middlewareStack.add(
      (next, context) => (args) => {
        const isWrite = /^(?:Put|Update|Delete)Item/.test(String(context.commandName));
        if (isWrite && left <= 0) throw new Error('the process has ended');
        if (isWrite) left -= 1;
        return next(args);
      },
      { step: 'initialize', name: 'ending' },
    );
    return () => void middlewareStack.remove('ending');
  }

  test.each([0, 1, 2, 3, 4, 5, 6])(
    'leaves no change without its entry, however many writes were done: %i',
    async (writes) => {
      const { body: made } = await rig.call('POST', '/keys', { name: 'before' });
      const mend = breakAfter(writes);
      await rig.call('PATCH', `/keys/${made.id}`, { name: 'after' });
      mend();
      const { body: key } = await rig.call('GET', `/keys/${made.id}`);
      const actions = (await of(made.id)).map(({ action }) => action);
      expect(actions).toEqual(key.name === 'after' ? ['key.change', 'key.create'] : ['key.create']);
      // The next change finds all in order.
      expect((await rig.call('PATCH', `/keys/${made.id}`, { name: 'later' })).status).toBe(200);
      expect((await of(made.id))[0]).toMatchObject({ action: 'key.change', after: { name: 'later' } });
    },
  );

  test.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'leaves a key with a secret that works, in the middle of a rotation too: %i',
    async (writes) => {
      const { body: made } = await rig.call('POST', '/keys', { name: 'turning' });
      const mend = breakAfter(writes);
      await rig.call('POST', `/keys/${made.id}/rotate`, {});
      mend();
      const { body: key } = await rig.call('GET', `/keys/${made.id}`);
      expect(key).toMatchObject({ id: made.id, revoked: false });
      const actions = (await of(made.id)).map(({ action }) => action);
      expect(actions).toEqual(key.version === 2 ? ['key.rotate', 'key.create'] : ['key.create']);
      const listed = (await rig.call('GET', '/keys?limit=100')).body.data.filter(
        ({ id }: { id: string }) => id === made.id,
      );
      expect(listed).toHaveLength(1);
      expect((await rig.call('POST', `/keys/${made.id}/revoke`)).body).toMatchObject({ revoked: true });
    },
  );

  test('an announcement whose change was never made is forgotten after a while', async () => {
    const { body: made } = await rig.call('POST', '/keys', { name: 'x' });
    const mend = breakAfter(2);
    await rig.call('PATCH', `/keys/${made.id}`, { name: 'never' });
    mend();
    const { table } = rig.local;
    const notes = async () =>
      (await table.client.send(new ScanCommand({ TableName: table.name }))).Items!.filter(
        ({ pk }) => pk?.S === 'AUDIT#PENDING',
      );
    const before = (await notes()).length;
    expect(before).toBeGreaterThan(0);
    const later = { now: () => Date.now() + 16 * 60_000 };
    const audit = createAudit({ table, time: { ...systemTime, ...later }, log: { warn: () => {} } });
    await audit.list('2026-01', { limit: 1 });
    expect(await notes()).toEqual([]);
    const Key = { pk: { S: `KEY#${made.id}` }, sk: { S: 'ID' } };
    expect((await table.client.send(new GetItemCommand({ TableName: table.name, Key }))).Item).toBeDefined();
  });
});
