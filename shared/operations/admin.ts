import { HTTPException } from 'hono/http-exception';
import { GatewayError, toGatewayError } from '../errors.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { safeHeaders } from '../http/header-value.ts';
import { readJsonBody } from '../http/json.ts';
import { type Incoming, jsonOutgoing, type Outgoing, type Run } from '../http/message.ts';
import { encodingHeaders, unpackBody } from '../http/unpack.ts';
import { type AdminApp, createApp } from './app.ts';
import { describeApi } from './describe.ts';
import type { OperationsPorts } from './ports.ts';
import { addAdminKeyRoutes } from './routes/admin-keys.ts';
import { addAuditRoutes } from './routes/audit.ts';
import { addCacheRoutes } from './routes/cache.ts';
import { addConfigRoutes } from './routes/config.ts';
import { addGroupRoutes } from './routes/groups.ts';
import { addKeyRoutes } from './routes/keys.ts';
import { addStatusRoutes } from './routes/status.ts';
import { addUsageRoutes } from './routes/usage.ts';
import { type Actor, createSignIn } from './sign-in.ts';
import { errorBodyOf } from './wire.ts';

/** All paths of the administration begin so. */
export const adminPath = '/admin/v1';

/** What is stored for one request must fit into one item three times: as it is, and before and after in its audit entry. */
const MOST_BODY_BYTES = 64 * 1024;

/** The administration: a function from a request to an answer, like the gateway, served by the same hosts. */
export function createAdmin(ports: OperationsPorts): Gateway {
  const signIn = createSignIn(ports);
  const app = createRoutes(ports);
  const methodsOf = methodsByPath(app);

  async function serve(http: Incoming, run: Run, requestId: string): Promise<Outgoing> {
    const actor = await signIn(http);
    const { methods } = methodsOf(http.path);
    if (methods.length === 0)
      throw new GatewayError('not_found', `Unknown request URL. GET ${adminPath}/openapi.json lists what is served.`);
    if (!methods.includes(http.method)) {
      throw new GatewayError(
        'method_not_allowed',
        `Not allowed to ${http.method} on this URL; use ${methods.join(' or ')}.`,
      );
    }
    checkAccess(actor, http.method);
    const request = await toRequest(http);
    const response = await app.request(request, undefined, { actor, requestId, signal: run.signal });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: http.method === 'HEAD' ? new Uint8Array() : new Uint8Array(await response.arrayBuffer()),
    };
  }

  function refuse(thrown: unknown, http: Incoming, requestId: string): Outgoing {
    const error = errorOf(thrown);
    if (error.kind === 'internal')
      ports.log.error('an admin request failed', { requestId, cause: error.cause ?? error });
    const { retryAfter, status } = error;
    return jsonOutgoing(status, errorBodyOf(error), {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
      ...(status === 405 ? { allow: methodsOf(http.path).methods.join(', ') } : {}),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...encodingHeaders(error),
    });
  }

  return async (http, run) => {
    const requestId = `req_${ports.newId()}`;
    const outgoing = await serve(http, run, requestId).catch((thrown) => refuse(thrown, http, requestId));
    const fixed = { 'x-request-id': requestId, 'cache-control': 'no-store' };
    return { ...outgoing, headers: safeHeaders({ ...outgoing.headers, ...fixed }) };
  };
}

function createRoutes(ports: OperationsPorts): AdminApp {
  const app = createApp().basePath(adminPath);
  app.onError((thrown) => {
    throw thrown;
  });
  addKeyRoutes(app, ports);
  addGroupRoutes(app, ports);
  addAdminKeyRoutes(app, ports);
  addAuditRoutes(app, ports);
  addUsageRoutes(app, ports);
  addCacheRoutes(app, ports);
  addConfigRoutes(app, ports);
  addStatusRoutes(app, ports);
  describeApi(app);
  return app;
}

/** The methods of a path, of the routes themselves. */
function methodsByPath({ routes }: AdminApp): (path: string) => { methods: string[] } {
  const served = routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`) }));
  return (path) => {
    const found = new Set(served.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
    return { methods: [...found].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])) };
  };
}

function checkAccess({ access }: Actor, method: string): void {
  if (access !== 'read' || method === 'GET' || method === 'HEAD') return;
  throw new GatewayError('forbidden', 'This admin key may only read.', { code: 'read_only' });
}

async function toRequest({ method, path, query, headers, body }: Incoming): Promise<Request> {
  const takesBody = method === 'POST' || method === 'PATCH';
  const bytes = takesBody ? await unpackBody(await body(), headers['content-encoding'], MOST_BODY_BYTES) : undefined;
  const type = headers['content-type'];
  if (bytes && bytes.byteLength > 0) {
    if (type !== undefined && !/\bjson\b/i.test(type))
      throw new GatewayError('unsupported_media_type', 'Send the body as application/json.');
    refuseLostNames(readJsonBody(bytes, { depth: 20 }).value);
  }
  const ifMatch = headers['if-match'];
  return new Request(`http://admin${path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers: {
      ...(takesBody ? { 'content-type': 'application/json' } : {}),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    // A path that wants a body refuses an empty object by the fields that it misses.
    ...(bytes ? { body: bytes.byteLength === 0 ? '{}' : Buffer.from(bytes) } : {}),
  });
}

/** What reads objects after this leaves out what is called `__proto__`: it would be lost in silence. */
function refuseLostNames(value: object, path = ''): void {
  for (const [name, member] of Object.entries(value)) {
    const param = `${path}${name}`;
    if (name === '__proto__')
      throw new GatewayError('unprocessable', `${param}: nothing can have this name.`, { param });
    if (typeof member === 'object' && member !== null) refuseLostNames(member, `${param}.`);
  }
}

/** Hono's own refusals are of requests that are not well formed. */
const errorOf = (thrown: unknown): GatewayError =>
  thrown instanceof HTTPException && thrown.status < 500
    ? new GatewayError('invalid_request', thrown.message || 'The request is not well formed.')
    : toGatewayError(thrown);
