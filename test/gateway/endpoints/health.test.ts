import { expect, test } from 'vitest';
import { openDirect } from '../../support/direct.ts';

const get = { method: 'GET', headers: { authorization: '' } };

test('the process is alive without a key, whatever else is away', async () => {
  const { call } = openDirect({ ports: () => ({ checks: { table: () => Promise.reject(new Error('away')) } }) });
  const { status, text } = await call('/health', get);
  expect([status, JSON.parse(text)]).toEqual([200, { status: 'ok' }]);
});

test('the gateway is ready when all that must work does, each part with its state and time', async () => {
  const { status, text } = await openDirect().call('/health/ready', get);
  const ok = { state: 'ok', ms: 0 };
  expect([status, JSON.parse(text)]).toEqual([200, { status: 'ready', checks: { table: ok, secrets: ok } }]);
});

test('one part that fails is enough for 503', async () => {
  const { call } = openDirect({
    ports: ({ checks }) => ({ checks: { ...checks, secrets: () => Promise.reject(new Error('away')) } }),
  });
  const { status, text } = await call('/health/ready', get);
  expect(status).toBe(503);
  expect(JSON.parse(text)).toMatchObject({
    status: 'not ready',
    checks: { table: { state: 'ok' }, secrets: { state: 'failed' } },
  });
});
