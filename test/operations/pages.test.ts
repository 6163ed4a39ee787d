import { createHash } from 'node:crypto';
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AdminRig, startAdminRig } from '../support/admin-rig.ts';

let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test.each(['/keys', '/admin-keys'])(
  'the next page of %s is asked for without the SHA-256 of a secret',
  async (path) => {
    const made: { id: string; key: string }[] = [];
    for (const name of ['first', 'second', 'third']) made.push((await rig.call('POST', path, { name })).body);
    const { next } = (await rig.call('GET', `${path}?limit=2`)).body;
    const text = Buffer.from(next, 'base64url').toString();
    for (const { key } of made) expect(text).not.toContain(sha256(key));
    expect(text).not.toMatch(/[0-9a-f]{64}/);
    const [shown] = (await rig.call('GET', `${path}?limit=2&cursor=${next}`)).body.data;
    expect(shown.id).toBe(made[0]!.id);
  },
);

test('a cursor of another list is refused', async () => {
  const paths = ['/keys', '/groups', '/admin-keys', '/audit', '/audit?month=2020-01'];
  for (let index = 0; index < 2; index += 1) {
    await rig.call('POST', '/keys', { name: 'k' });
    await rig.call('POST', '/admin-keys', { name: 'a' });
    await rig.call('POST', '/groups', { id: `paged${index}`, name: 'G' });
  }
  const limited = (path: string): string => `${path}${path.includes('?') ? '&' : '?'}limit=1`;
  for (const from of paths.slice(0, 4)) {
    const { next } = (await rig.call('GET', limited(from))).body;
    expect(next).toEqual(expect.any(String));
    for (const to of paths) {
      const { status, body } = await rig.call('GET', `${limited(to)}&cursor=${next}`);
      expect([from, to, status]).toEqual([from, to, from === to ? 200 : 400]);
      if (from !== to) expect(body.error.param).toBe('cursor');
    }
  }
});

test('a key whose rotation was broken off is listed once, wherever a page ends', async () => {
  const { body: made } = await rig.call('POST', '/keys', { name: 'turning' });
  const { table } = rig.local;
  const Key = { pk: { S: `KEY#${sha256(made.key)}` }, sk: { S: 'KEY' } };
  const { Item } = await table.client.send(new GetItemCommand({ TableName: table.name, Key }));
  // On either side of the item in force: the order of two with one id is the table's own.
  for (const digit of ['0', '5', 'a', 'f']) {
    const place = { pk: { S: `KEY#${digit.repeat(64)}` }, replaces: { S: sha256(made.key) } };
    await table.client.send(new PutItemCommand({ TableName: table.name, Item: { ...Item, ...place } }));
    for (const limit of [1, 2, 3]) {
      const ids: string[] = [];
      let cursor = '';
      do {
        const { body } = await rig.call('GET', `/keys?limit=${limit}${cursor && `&cursor=${cursor}`}`);
        ids.push(...body.data.map(({ id }: { id: string }) => id));
        cursor = body.next;
      } while (cursor);
      expect(ids.filter((id) => id === made.id)).toEqual([made.id]);
    }
    await table.client.send(new DeleteItemCommand({ TableName: table.name, Key: { ...Key, pk: place.pk } }));
  }
});
