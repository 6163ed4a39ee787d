import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { GatewayError } from '../../shared/errors.ts';
import { createSignIn } from '../../shared/operations/sign-in.ts';
import { type AdminRig, startAdminRig } from '../support/admin-rig.ts';
import { createFakeTime } from '../support/fake-time.ts';
import { MASTER_KEY } from '../support/rig.ts';

let rig: AdminRig;

beforeAll(async () => {
  rig = await startAdminRig();
});
afterAll(() => rig.close());

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe('an admin key', () => {
  test('that reads sees everything and changes nothing', async () => {
    const { body: made } = await rig.call('POST', '/admin-keys', { name: 'eyes' });
    expect(made).toMatchObject({ access: 'read', id: expect.stringMatching(/^adm_/) });
    for (const path of [
      '/keys',
      '/groups',
      '/admin-keys',
      '/audit',
      '/usage',
      '/cache/stats',
      '/config',
      '/status',
      '/openapi.json',
    ])
      expect((await rig.call('GET', path, undefined, bearer(made.key))).status).toBe(200);
    const refused = await rig.call('POST', '/keys', { name: 'x' }, bearer(made.key));
    expect([refused.status, refused.body.error.code]).toEqual([403, 'read_only']);
  });

  test('that writes makes keys under its own id, and makes no admin keys', async () => {
    const { body: made } = await rig.call('POST', '/admin-keys', { name: 'hands', access: 'write' });
    const { status, body: key } = await rig.call('POST', '/keys', { name: 'x' }, bearer(made.key));
    expect(status).toBe(201);
    const { body: audit } = await rig.call('GET', '/audit');
    expect(audit.data.find(({ subject }: { subject: string }) => subject === key.id)).toMatchObject({ actor: made.id });
    expect((await rig.call('POST', '/admin-keys', { name: 'x' }, bearer(made.key))).status).toBe(403);
    expect((await rig.call('POST', `/admin-keys/${made.id}/revoke`, undefined, bearer(made.key))).status).toBe(403);
  });

  test('that is revoked or expired opens nothing', async () => {
    const { body: revoked } = await rig.call('POST', '/admin-keys', { name: 'x' });
    await rig.call('POST', `/admin-keys/${revoked.id}/revoke`);
    const { body: expired } = await rig.call('POST', '/admin-keys', { name: 'x', expiresAt: 1 });
    for (const { key } of [revoked, expired])
      expect((await rig.call('GET', '/keys', undefined, bearer(key))).status).toBe(401);
  });

  test('is no key to the data plane, nor is a virtual key one to the administration', async () => {
    const { body: virtual } = await rig.call('POST', '/keys', { name: 'x' });
    expect((await rig.call('GET', '/keys', undefined, bearer(virtual.key))).status).toBe(401);
  });
});

describe('wrong keys', () => {
  test('ten of them from an address make it wait, whatever it sends then', async () => {
    const own = await startAdminRig();
    onTestFinished(own.close);
    for (let times = 0; times < 10; times += 1)
      expect((await own.call('GET', '/keys', undefined, bearer('sk-wrong'))).status).toBe(401);
    const refused = await own.call('GET', '/keys', undefined, bearer(MASTER_KEY));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
  });

  test('are counted for each address and for a minute, and are not looked up beyond', async () => {
    const time = createFakeTime({ now: 1_000_000 });
    const logged: unknown[] = [];
    const log = { warn: (...line: unknown[]) => void logged.push(line) };
    let lookUps = 0;
    const find = async () => {
      lookUps += 1;
      return undefined;
    };
    const signIn = createSignIn({ masterKeys: async () => [MASTER_KEY], adminKeys: { find }, log, time });
    const from = (address: string, key = 'sk-wrong') =>
      signIn({
        method: 'GET',
        path: '/',
        query: '',
        headers: bearer(key),
        address,
        body: async () => new Uint8Array(),
      }).catch((thrown: GatewayError) => thrown.kind);
    for (let times = 0; times < 10; times += 1) expect(await from('a')).toBe('unauthenticated');
    expect(await from('a')).toBe('rate_limited');
    expect(lookUps).toBe(10);
    const reason = expect.stringContaining('Incorrect API key');
    expect(logged).toEqual(Array.from({ length: 10 }, () => ['sign_in_failed', { address: 'a', reason }]));
    expect(JSON.stringify(logged)).not.toContain('sk-wrong');
    expect(await from('b', MASTER_KEY)).toEqual({ id: 'master', access: 'master' });
    await time.advance(60_001);
    expect(await from('a', MASTER_KEY)).toEqual({ id: 'master', access: 'master' });
    expect(await from('a')).toBe('unauthenticated');
  });

  test('none at all is no attempt', async () => {
    for (let times = 0; times < 12; times += 1)
      expect((await rig.call('GET', '/keys', undefined, { authorization: '' })).status).toBe(401);
  });
});

test('while the table is away, admin keys and changes are answered 503', async () => {
  const away = () => Promise.reject(new GatewayError('overloaded', 'away', { retryAfter: 5 }));
  const own = await startAdminRig({ ports: (ports) => ({ adminKeys: { ...ports.adminKeys, find: away } }) });
  onTestFinished(own.close);
  const refused = await own.call('GET', '/keys', undefined, bearer('sk-any'));
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
});
