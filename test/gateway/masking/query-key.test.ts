import { expect, test } from 'vitest';
import { withoutQueryKey } from '../../../shared/gateway/masking/query-key.ts';

const request = (path: string, query: string, headers = {}) => ({
  method: 'POST',
  path,
  query,
  headers,
  body: async () => new Uint8Array(),
});

test.each(['/v1beta/models', '/v1beta/models/m:generateContent', '/v1/models/a/b:0:countTokens'])(
  'at %s a key in the query becomes a header, and the query has none',
  (path) => {
    const { query, headers } = withoutQueryKey(request(path, 'alt=sse&key=a%2Bb&$x=%20'));
    expect(query).toBe('alt=sse&$x=%20');
    expect(headers).toEqual({ 'x-goog-api-key': 'a+b' });
  },
);

test('a key in the header counts before one in the query', () => {
  const { query, headers } = withoutQueryKey(request('/v1beta/models', 'key=a', { 'x-goog-api-key': 'b' }));
  expect([query, headers]).toEqual(['', { 'x-goog-api-key': 'b' }]);
});

test.each(['/v1/chat/completions', '/v1/models', '/v1/models/ollama/llama3:latest'])(
  'at %s a query is left alone',
  (path) => {
    const given = request(path, 'key=a');
    expect(withoutQueryKey(given)).toBe(given);
  },
);
