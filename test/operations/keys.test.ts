import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemTime } from '../../shared/async/time.ts';
import { createKeys } from '../../shared/aws/keys.ts';
import { type AdminRig, startAdminRig } from '../support/admin-rig.ts';
import { MASTER_KEY } from '../support/rig.ts';

let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What the data plane finds of a key's text, in a process that remembers nothing. */
const found = (text: string) =>
  createKeys({ table: rig.local.table, time: systemTime, log: { warn: () => {} } }).find(sha256(text));

const rules = { models: ['gpt-*'], purposes: ['chat'], maxTokens: 100, limits: { rpm: 60, tpm: 1000, concurrency: 5 } };
const full = { name: 'ci', owner: 'ann', tags: { team: 'a' }, metadata: { note: '' }, expiresAt: 4_000_000_000, rules };

describe('a key that is made', () => {
  test('is shown once, and the data plane finds all of it by its text', async () => {
    const { status, body } = await rig.call('POST', '/keys', full);
    expect(status).toBe(201);
    const { key, version, hint, ...value } = body;
    expect(value).toEqual({
      ...full,
      id: expect.stringMatching(/^key_/),
      revoked: false,
      createdAt: expect.any(Number),
    });
    expect(version).toBe(1);
    expect(key.endsWith(hint)).toBe(true);
    expect(await found(key)).toEqual(value);
    const again = await rig.call('GET', `/keys/${value.id}`);
    expect(again.body).toEqual({ ...value, version, hint });
  });

  test('has a prefix and a checksum by which secret scanners know it', async () => {
    const { body } = await rig.call('POST', '/keys', { name: 'scanned' });
    const [, secret, checksum] = /^sk-sluice-([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/.exec(body.key)!;
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    expect([...checksum!].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0)).toBe(crc32(secret!));
  });

  test('is in the table by its SHA-256 only', async () => {
    const { body } = await rig.call('POST', '/keys', { name: 'hidden' });
    const { Items } = await rig.local.table.client.send(new ScanCommand({ TableName: rig.local.table.name }));
    expect(JSON.stringify(Items)).toContain(sha256(body.key));
    expect(JSON.stringify(Items)).not.toContain(body.key);
  });

  test.each([
    [{}, 'name'],
    [{ name: 'x', group: 'nowhere' }, 'group'],
    [{ name: 'x', group: 'organization' }, 'group'],
    [{ name: 'x', expiresAt: 9e15 }, 'expiresAt'],
    [{ name: 'x', rules: { limits: { rpm: 0 } } }, 'rules.limits.rpm'],
    [{ name: 'x', rules: { limits: { rpn: 1 } } }, 'rules.limits'],
    [{ name: 'x', other: 1 }, 'json'],
  ])('from %j is refused by the name of the field at fault', async (body, param) => {
    const { status, body: answer } = await rig.call('POST', '/keys', body);
    expect([400, 422]).toContain(status);
    expect(answer.error).toMatchObject({ param, type: expect.any(String), message: expect.any(String) });
  });
});

describe('a change', () => {
  test('replaces the fields it names, removes those that are null, and keeps the others', async () => {
    const { body: made } = await rig.call('POST', '/keys', full);
    const { body } = await rig.call('PATCH', `/keys/${made.id}`, { name: 'new', owner: null, rules: { maxTokens: 5 } });
    const { key, owner, ...kept } = made;
    expect(body).toEqual({ ...kept, name: 'new', rules: { maxTokens: 5 }, version: 2 });
    expect(await found(key)).toMatchObject({ name: 'new', rules: { maxTokens: 5 } });
  });

  test('of two writers at once loses neither', async () => {
    const { body: made } = await rig.call('POST', '/keys', { name: 'shared' });
    const changes = Array.from(
      { length: 6 },
      (_, index) =>
        ({
          0: { owner: 'ann' },
          1: { tags: { a: 'b' } },
          2: { metadata: { c: 'd' } },
          3: { name: 'renamed' },
          4: { expiresAt: 4_000_000_000 },
          5: { rules: { maxTokens: 7 } },
        })[index]!,
    );
    const answers = await Promise.all(changes.map((change) => rig.call('PATCH', `/keys/${made.id}`, change)));
    expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 200));
    const { body } = await rig.call('GET', `/keys/${made.id}`);
    expect(body).toMatchObject({ ...Object.assign({}, ...changes), version: 7 });
  });

  test('of twenty writers at once is made by each', async () => {
    const { body: made } = await rig.call('POST', '/keys', { name: 'shared' });
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    const answers = await Promise.all(names.map((name) => rig.call('PATCH', `/keys/${made.id}`, { name })));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect(answers.map(({ body }) => body.version).sort((a, b) => a - b)).toEqual(names.map((_, index) => index + 2));
  });

  test('meant for another version is refused with 412', async () => {
    const { body: made } = await rig.call('POST', '/keys', { name: 'x' });
    expect((await rig.call('PATCH', `/keys/${made.id}`, { name: 'y' }, { 'if-match': '"1"' })).status).toBe(200);
    const late = await rig.call('PATCH', `/keys/${made.id}`, { name: 'z' }, { 'if-match': '1' });
    expect([late.status, late.body.error.code]).toEqual([412, 'version_mismatch']);
  });

  test('that changes nothing writes nothing', async () => {
    const { body: made } = await rig.call('POST', '/keys', { name: 'x' });
    expect((await rig.call('PATCH', `/keys/${made.id}`, { name: 'x' })).body.version).toBe(1);
  });
});

describe('a rotation', () => {
  test('gives a new secret, and the one before goes on for the time that was chosen', async () => {
    const { body: made } = await rig.call('POST', '/keys', full);
    const { status, body } = await rig.call('POST', `/keys/${made.id}/rotate`, { overlapSeconds: 60 });
    expect(status).toBe(200);
    expect(body.key).not.toBe(made.key);
    expect(body).toMatchObject({
      id: made.id,
      version: 2,
      previous: [{ hint: made.hint, expiresAt: expect.any(Number) }],
    });
    expect(await found(body.key)).toMatchObject({ id: made.id, expiresAt: full.expiresAt, rules });
    const before = await found(made.key);
    expect(before).toMatchObject({ id: made.id, rules });
    expect(before!.expiresAt! * 1000 - Date.now()).toBeGreaterThan(50_000);
    expect(before!.expiresAt! * 1000 - Date.now()).toBeLessThan(62_000);
  });

  test('with no overlap ends the secret before at once', async () => {
    const { body: made } = await rig.call('POST', '/keys', { name: 'x' });
    await rig.call('POST', `/keys/${made.id}/rotate`, { overlapSeconds: 0 });
    expect((await found(made.key))!.expiresAt! * 1000).toBeLessThanOrEqual(Date.now());
  });

  test('does not keep an earlier secret out of later changes: revoked is revoked for all', async () => {
    const { body: made } = await rig.call('POST', '/keys', { name: 'x' });
    const { body: second } = await rig.call('POST', `/keys/${made.id}/rotate`, {});
    const { body: third } = await rig.call('POST', `/keys/${made.id}/rotate`, {});
    await rig.call('PATCH', `/keys/${made.id}`, { rules: { maxTokens: 3 } });
    for (const { key } of [made, second, third]) expect(await found(key)).toMatchObject({ rules: { maxTokens: 3 } });
    await rig.call('POST', `/keys/${made.id}/revoke`);
    for (const { key } of [made, second, third]) expect(await found(key)).toMatchObject({ id: made.id, revoked: true });
  });

  test('of several at once gives each caller a secret that works', async () => {
    const { body: made } = await rig.call('POST', '/keys', { name: 'x' });
    const answers = await Promise.all([1, 2, 3].map(() => rig.call('POST', `/keys/${made.id}/rotate`, {})));
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(await found(body.key)).toMatchObject({ id: made.id, revoked: false });
    }
    expect((await rig.call('GET', `/keys/${made.id}`)).body).toMatchObject({ version: 4 });
    const listed = (await rig.call('GET', '/keys?limit=100')).body.data.filter(
      ({ id }: { id: string }) => id === made.id,
    );
    expect(listed).toHaveLength(1);
  });

  test('of a revoked key, longer than a week, or of a key with five earlier secrets is refused', async () => {
    const { body: made } = await rig.call('POST', '/keys', { name: 'x' });
    expect((await rig.call('POST', `/keys/${made.id}/rotate`, { overlapSeconds: 604_801 })).status).toBe(400);
    for (let times = 0; times < 5; times += 1) await rig.call('POST', `/keys/${made.id}/rotate`, {});
    expect((await rig.call('POST', `/keys/${made.id}/rotate`, {})).status).toBe(409);
    // A leaked key must be got rid of whatever was rotated before.
    const { status, body } = await rig.call('POST', `/keys/${made.id}/rotate`, { overlapSeconds: 0 });
    expect([status, body.previous ?? []]).toEqual([200, []]);
    expect((await rig.call('GET', `/keys/${made.id}`)).body.previous ?? []).toEqual([]);
    await rig.call('POST', `/keys/${made.id}/revoke`);
    expect((await rig.call('POST', `/keys/${made.id}/rotate`, {})).status).toBe(409);
    expect(await found(made.key)).toMatchObject({ revoked: true });
  });
});

describe('an imported key', () => {
  test('works by its own text, which the gateway never saw', async () => {
    const { status, body } = await rig.call('POST', '/keys/import', {
      name: 'old',
      sha256: sha256('sk-old').toUpperCase(),
    });
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('hint');
    expect(await found('sk-old')).toMatchObject({ id: body.id, name: 'old' });
    expect((await rig.call('POST', '/keys/import', { name: 'twice', sha256: sha256('sk-old') })).status).toBe(409);
  });

  test('is not the master key', async () => {
    const { status } = await rig.call('POST', '/keys/import', { name: 'm', sha256: sha256(MASTER_KEY) });
    expect(status).toBe(422);
  });

  test('is not an admin key, which opens nothing else', async () => {
    const { body: admin } = await rig.call('POST', '/admin-keys', { name: 'a', access: 'write' });
    const refused = await rig.call('POST', '/keys/import', { name: 'm', sha256: sha256(admin.key) });
    expect([refused.status, refused.body.error.param]).toEqual([422, 'sha256']);
    expect(await found(admin.key)).toBeUndefined();
  });
});

test('keys are listed newest first, page by page, and by group', async () => {
  await rig.call('POST', '/groups', { id: 'listed', name: 'Listed' });
  const made: string[] = [];
  for (let index = 0; index < 7; index += 1) {
    const fields = { name: `k${index}`, ...(index % 2 ? { group: 'listed' } : {}) };
    made.unshift((await rig.call('POST', '/keys', fields)).body.id);
  }
  const ids: string[] = [];
  let cursor = '';
  do {
    const { body } = await rig.call('GET', `/keys?limit=3${cursor && `&cursor=${cursor}`}`);
    expect(body.data.length).toBeLessThanOrEqual(3);
    ids.push(...body.data.map(({ id }: { id: string }) => id));
    cursor = body.next;
  } while (cursor);
  expect(ids.slice(0, 7)).toEqual(made);
  expect(new Set(ids).size).toBe(ids.length);
  const { body } = await rig.call('GET', '/keys?limit=100&group=listed');
  expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['k5', 'k3', 'k1']);
  expect((await rig.call('GET', '/keys?cursor=nonsense')).status).toBe(400);
});
