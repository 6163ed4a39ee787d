import type { Headers } from '../http/message.ts';
import { exposedHeaders, isRateHeader } from './response-headers.ts';

const MAX_AGE_SECONDS = 600;

/** Headers that let a browser of a configured origin read the answer; none where the origin is not one of them. */
export function corsHeaders(
  origins: readonly string[] | undefined,
  { origin }: Headers,
  answered: Headers = {},
): Record<string, string> {
  if (!origins || !origin) return {};
  const any = origins.includes('*');
  if (!any && !origins.includes(origin)) return { vary: 'origin' };
  return {
    'access-control-allow-origin': any ? '*' : origin,
    'access-control-expose-headers': [...exposedHeaders, ...Object.keys(answered).filter(isRateHeader)].join(', '),
    vary: 'origin',
  };
}

/** What a preflight asks for, granted: keys travel in a header, never in a cookie, so credentials stay off. */
export function preflightHeaders(methods: readonly string[], headers: Headers): Record<string, string> {
  return {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers':
      headers['access-control-request-headers'] ?? 'authorization, content-type, x-api-key, api-key',
    'access-control-max-age': String(MAX_AGE_SECONDS),
  };
}
