import { expect, test } from 'vitest';
import { getEndpoint, postEndpoint } from '../../shared/gateway/endpoint.ts';
import { endpoints } from '../../shared/gateway/endpoints/list.ts';
import { allowed, checkMethod, createRoutes } from '../../shared/gateway/routes.ts';

const answer = () => ({ status: 200, headers: {}, body: new Uint8Array() });
const list = getEndpoint(['/', '/v1/models'], answer);
const one = getEndpoint(['/v1/models/{id}'], answer);
const predict = postEndpoint({ paths: ['/v1/{project}/models/{model}:predict'], answer });
const find = createRoutes([list, one, predict]);

test('a path is found as it is, with slashes at its end or without', () => {
  for (const path of ['/v1/models', '/v1/models/', '/v1/models//'])
    expect(find(path)).toEqual({ endpoint: list, params: {} });
  expect(find('/').endpoint).toBe(list);
});

test('a name in a path stands for its rest, slashes included, decoded', () => {
  expect(find('/v1/models/a/b%3Afree')).toEqual({ endpoint: one, params: { id: 'a/b:free' } });
  expect(find('/v1/mine/models/m:predict')).toEqual({ endpoint: predict, params: { project: 'mine', model: 'm' } });
});

test('a path that is not percent-encoded correctly is the mistake of the caller', () => {
  expect(() => find('/v1/models/%E4%A')).toThrow(expect.objectContaining({ kind: 'invalid_request' }));
});

test.each(['/nowhere', '/v1/models.', '/V1/models', ''])('an unknown path is refused: %j', (path) => {
  expect(() => find(path)).toThrow(
    expect.objectContaining({
      kind: 'not_found',
      message: `Unknown request URL: ${path}. GET / lists what is served.`,
    }),
  );
});

test('an unknown path is cut in the message', () => {
  expect(() => find(`/${'x'.repeat(1_000)}`)).toThrow(/: \/x{199}\. /);
});

test('a method that is not taken is refused with those that are', () => {
  expect(() => checkMethod('POST', list)).toThrow('Not allowed to POST on this URL; use GET or HEAD.');
  expect(() => checkMethod('HEAD', list)).not.toThrow();
  expect(allowed(predict)).toBe('POST, OPTIONS');
});

test('every endpoint is found at each of its paths, so that none hides another', () => {
  const findServed = createRoutes(endpoints);
  for (const endpoint of endpoints) {
    for (const path of endpoint.paths) expect(findServed(path.replace(/\{\w+\}/, 'x')).endpoint).toBe(endpoint);
  }
});

test('many slashes in a path cost no more than other characters', () => {
  const path = `/${'/'.repeat(15_000)}x`;
  const startedAt = performance.now();
  expect(() => find(path)).toThrow('Unknown request URL');
  expect(performance.now() - startedAt).toBeLessThan(50);
});

test('a path of a deployment is that of its operation, and names the model, decoded', () => {
  const findServed = createRoutes(endpoints);
  const { endpoint, params } = findServed('/openai/deployments/p%2Fm/chat/completions/');
  expect(params).toEqual({ deployment: 'p/m' });
  expect(findServed('/openai/v1/chat/completions')).toEqual({ endpoint, params: {} });
  expect(() => findServed('/openai/deployments/%E0%A4%A/embeddings')).toThrow('percent-encoded');
});

test.each([
  ['/v1/files', 'files'],
  ['/v1beta/files', 'files'],
  ['/upload/v1beta/files', 'files'],
  ['/v1beta/batches', 'batches'],
  ['/v1beta/cachedContents', 'cachedContents'],
  ['/files/file-1/content', 'files'],
  ['/v1/batches/b/cancel', 'batches'],
  ['/v1/messages/batches', 'messages/batches'],
  ['/anthropic/v1/messages/batches', 'messages/batches'],
  ['/v1/uploads', 'uploads'],
  ['/v1/vector_stores/vs/search', 'vector_stores'],
  ['/v1/assistants', 'assistants'],
  ['/v1/threads/runs', 'threads'],
])('%s is refused with the reason', (path, kept) => {
  const message = `Not served here: ${path}. All callers share one key of the provider, so its ${kept} would show`;
  expect(() => find(path)).toThrow(
    expect.objectContaining({ kind: 'not_found', message: expect.stringContaining(message) }),
  );
});

test.each(['/nowhere', '/v1/filesystem', '/v2/files', '/v1/x/files'])('%s is only unknown', (path) => {
  expect(() => find(path)).toThrow(`Unknown request URL: ${path}. GET / lists what is served.`);
});
