import { expect, test } from 'vitest';
import { openDirect } from '../../support/direct.ts';

test.each([
  ['GET', '/cache/stats'],
  ['DELETE', '/cache'],
  ['DELETE', '/cache/'],
])('%s %s is gone, and says where it is now', async (method, path) => {
  const { status, text } = await openDirect().call(path, { method, headers: { authorization: '' } });
  expect(status).toBe(410);
  const place = path.replace(/\/$/, '');
  expect(JSON.parse(text).error).toMatchObject({
    code: 'moved',
    message: expect.stringContaining(`${method} /admin/v1${place} `),
  });
});

test('the paths that are gone are not listed among those that are served', async () => {
  const { text } = await openDirect().call('/', { method: 'GET' });
  expect(JSON.parse(text).paths).not.toContain('/cache');
});
