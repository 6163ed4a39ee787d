import { expect, test } from 'vitest';
import { openDirect } from '../../support/direct.ts';

test.each([
  ['HEAD', '/', ''],
  ['HEAD', '/api/hello', ''],
  ['GET', '/api/hello', '{"message":"hello"}'],
])('%s %s is answered without a key, and without looking for one', async (method, path, expected) => {
  const { call, records, asked } = openDirect({
    ports: () => ({
      masterKeys: () => Promise.reject(new Error('read')),
      keys: { find: () => Promise.reject(new Error('read')) },
      groups: { find: () => Promise.reject(new Error('read')) },
    }),
  });
  const { status, text } = await call(path, { method, headers: { authorization: '' } });
  expect([status, text]).toEqual([200, expected]);
  expect([records, asked]).toEqual([[], []]);
});
