import { expect, test } from 'vitest';
import type { GatewayPorts } from '../../../shared/gateway/ports.ts';
import { DIRECT_KEY, openDirect } from '../../support/direct.ts';

/** All functions that are reached from here, noted by name when they are called. */
function watched<Port extends object>(port: Port, name: string, called: string[]): Port {
  return new Proxy(port, {
    get(target, key, receiver) {
      const value = Reflect.get(target, key, receiver);
      const path = `${name}${name === '' ? '' : '.'}${String(key)}`;
      if (typeof value === 'function') {
        return (...given: unknown[]) => {
          called.push(path);
          return Reflect.apply(value, target, given);
        };
      }
      return typeof value === 'object' && value !== null && !(value instanceof Map)
        ? watched(value, path, called)
        : value;
    },
  });
}

/** Ports behind which there is a table, a provider or somebody else's address; the others are memory of this process. */
const outside = [
  ...['keys', 'groups', 'rates', 'ownUsage', 'records', 'descriptions', 'images', 'checks'],
  ...['send', 'fetchMedia', 'providerKey', 'serviceAccountTokens'],
] as const satisfies readonly (keyof GatewayPorts)[];

test.each([
  ['authorization', `Bearer ${DIRECT_KEY}`],
  ['x-api-key', DIRECT_KEY],
])('an agent that looks for models (%s) costs no call of a table or provider, and no redirect', async (name, key) => {
  const called: string[] = [];
  const { call, asked, records } = openDirect({
    definition: {
      providers: { p: { baseUrl: 'http://127.0.0.1:9/v1', auth: 'none' } },
      models: { 'claude-cheap': 'p/one', other: 'p/two' },
    },
    ports: (given) => {
      const all = watched(given, '', called);
      return { ...Object.fromEntries(outside.map((port) => [port, all[port]])), masterKeys: all.masterKeys };
    },
  });
  const headers = { authorization: '', 'anthropic-version': '2023-06-01', [name]: key };
  const { status, text } = await call('/v1/models', { method: 'GET', query: 'limit=1000', headers });
  expect(status).toBe(200);
  expect(JSON.parse(text).data).toMatchObject([
    { id: 'claude-cheap', display_name: expect.any(String) },
    { id: 'other', display_name: expect.any(String) },
  ]);
  expect(called).toEqual(['masterKeys']);
  expect([asked, records]).toEqual([[], []]);
});

test('without a key nothing is listed', async () => {
  const { call } = openDirect();
  const { status } = await call('/v1/models', { method: 'GET', query: 'limit=1000', headers: { authorization: '' } });
  expect(status).toBe(401);
});
