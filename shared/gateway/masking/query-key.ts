import { isKeyedByQuery, keyHeader } from '../../dialects/clients.ts';
import type { Incoming } from '../../http/message.ts';

/**
 * The request with the key that stands in its query, where it may, as a header in its place: from here on nobody reads, writes down or
 * sends on a query with a key in it. A key in a header counts before it.
 */
export function withoutQueryKey(http: Incoming): Incoming {
  if (!/(?:^|&)key=/.test(http.query) || !isKeyedByQuery(http.path)) return http;
  const key = new URLSearchParams(http.query).get('key') ?? '';
  // The other parameters stay as they were written.
  const query = http.query
    .split('&')
    .filter((pair) => !pair.startsWith('key='))
    .join('&');
  return { ...http, query, headers: { [keyHeader]: key, ...http.headers } };
}
