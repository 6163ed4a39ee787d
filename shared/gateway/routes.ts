import { plainPath } from '../dialects/hosted-paths.ts';
import { GatewayError } from '../errors.ts';
import type { Endpoint } from './endpoint.ts';

export interface Route {
  endpoint: Endpoint;
  params: Readonly<Record<string, string>>;
}

/** Finds the endpoint of a path; a trailing slash is ignored. Throws `not_found`. */
export function createRoutes(endpoints: readonly Endpoint[]): (path: string) => Route {
  const exact = new Map<string, Endpoint>();
  const patterns: { pattern: RegExp; names: string[]; endpoint: Endpoint }[] = [];
  for (const endpoint of endpoints) {
    for (const path of endpoint.paths) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
      if (names.length === 0) exact.set(path, endpoint);
      else patterns.push({ pattern: new RegExp(`^${patternOf(path)}$`), names, endpoint });
    }
  }

  return (path) => {
    const { path: plain, deployment } = plainPath(withoutLastSlashes(path));
    const endpoint = exact.get(plain);
    if (endpoint) return { endpoint, params: deployment === undefined ? {} : { deployment: decodePath(deployment) } };
    for (const { pattern, names, endpoint } of patterns) {
      const found = pattern.exec(plain);
      if (!found) continue;
      return { endpoint, params: Object.fromEntries(names.map((name, at) => [name, decodePath(found[at + 1]!)])) };
    }
    throw notServed(plain);
  };
}

/** What vendors keep for an account, or run later on in its name. */
const ofAnAccount =
  /^\/(?:(?:[a-z]+\/)?v1(?:beta)?\/)?((?:messages\/)?batches|files|cachedContents|uploads|vector_stores|assistants|threads|fine_tuning|containers|evals)(?:\/|$)/;

/** The error for a path that nothing is served at; it says why where the path is one that clients know. */
function notServed(path: string): GatewayError {
  const shown = path.slice(0, 200);
  const kept = ofAnAccount.exec(path)?.[1];
  const message =
    kept === undefined
      ? `Unknown request URL: ${shown}. GET / lists what is served.`
      : `Not served here: ${shown}. All callers share one key of the provider, so its ${kept} would show every team the data of all others, and run outside of their limits.`;
  return new GatewayError('not_found', message);
}

/** Some clients encode the colon before an action too. */
const patternOf = (path: string): string => path.replace(/\{\w+\}/g, '(.+)').replaceAll(':', '(?::|%3[Aa])');

/** By hand: a regular expression would look at each of many slashes again from every one before it. */
function withoutLastSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The URL is not percent-encoded correctly.', { cause });
  }
}

/** Refuses a method the endpoint does not take; `OPTIONS` is answered before. */
export function checkMethod(method: string, { methods, dialect }: Endpoint): void {
  if (methods.includes(method)) return;
  // Before the key is looked at: any other status than this one costs such a client its retries.
  if (method === 'GET' && dialect?.triesSocket) {
    const message = 'There is no WebSocket here: POST to this URL, over HTTP.';
    throw new GatewayError('method_not_allowed', message, { status: 426, retryable: false });
  }
  throw new GatewayError('method_not_allowed', `Not allowed to ${method} on this URL; use ${methods.join(' or ')}.`);
}

/** Methods of an endpoint, for `allow`. */
export const allowed = ({ methods }: Endpoint): string => [...methods, 'OPTIONS'].join(', ');
