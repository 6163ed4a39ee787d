import { expect, test } from 'vitest';
import { movedCache } from '../../../shared/gateway/endpoints/cache.ts';
import { endpoints } from '../../../shared/gateway/endpoints/list.ts';
import { openDirect } from '../../support/direct.ts';

test('GET / lists the paths of everything that is served, without a key', async () => {
  const { status, text } = await openDirect().call('/', { method: 'GET', headers: { authorization: '' } });
  expect(status).toBe(200);
  const { paths } = JSON.parse(text);
  const served = endpoints.filter((endpoint) => endpoint !== movedCache).flatMap((endpoint) => endpoint.paths);
  expect(paths).toEqual(served.filter((path) => path !== '/'));
  expect(paths).toEqual(expect.arrayContaining(['/v1/chat/completions', '/v1/messages', '/v2/rerank', '/health']));
});
