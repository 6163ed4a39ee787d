import { toGatewayError } from '../errors.ts';
import type { Incoming, Outgoing, Run } from '../http/message.ts';
import { createAuthenticate } from './authenticate.ts';
import { converse } from './converse.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { showAbout, showAlive } from './endpoints/about.ts';
import { clearCache, showCache } from './endpoints/cache.ts';
import { countTokens } from './endpoints/count-tokens.ts';
import { embed } from './endpoints/embeddings.ts';
import { createReadiness } from './endpoints/health.ts';
import { listModels, showModel } from './endpoints/models.ts';
import type { Opening } from './opening.ts';
import type { Parts } from './parts.ts';
import { respondError } from './respond.ts';
import { type Action, checkMethod, dialectOf, findRoute, type Route } from './routes.ts';

/** A gateway: a function from a request to an answer, whatever host calls it. Many requests may be in it at once. */
export type Gateway = (http: Incoming, run: Run) => Promise<Outgoing>;

interface Call {
  http: Incoming;
  run: Run;
  route: Route;
  requestId: string;
  startedAt: number;
}

/** The life of a request: route, authenticate, answer; whatever is thrown on the way is told once, here. */
export function createGateway(parts: Parts): Gateway {
  const authenticate = createAuthenticate(parts);
  const readiness = createReadiness(parts);
  const { cors } = parts.catalog.config;

  async function answer(call: Call): Promise<Outgoing> {
    const { http, route } = call;
    checkMethod(http.method, route);
    if (route.open) return answerOpen(route.action);
    const caller = await authenticate(http.headers);
    return answerCaller(route.action, { ...call, caller, dialect: route.dialect });
  }

  async function answerOpen({ type }: Action): Promise<Outgoing> {
    if (type === 'ready') return readiness();
    return type === 'alive' ? showAlive() : showAbout();
  }

  async function answerCaller(action: Action, opening: Opening): Promise<Outgoing> {
    switch (action.type) {
      case 'embed':
        return embed(opening, parts);
      case 'count-tokens':
        return countTokens(opening, parts);
      case 'list-models':
        return listModels(opening.http, parts);
      case 'model':
        return showModel(action.id, opening.http, parts);
      case 'show-cache':
        return showCache(opening.caller, parts);
      case 'clear-cache':
        return clearCache(opening.caller, opening.http, parts);
      default:
        return converse(opening, parts);
    }
  }

  return async (http, run) => {
    const requestId = `req_${parts.newId()}`;
    const startedAt = parts.now();
    let route: Route | undefined;
    const finish = (outgoing: Outgoing): Outgoing => {
      Object.assign(
        outgoing.headers,
        { 'x-request-id': requestId, 'request-id': requestId },
        corsHeaders(cors?.origins, http.headers),
      );
      return http.method === 'HEAD' ? { ...outgoing, body: new Uint8Array() } : outgoing;
    };
    try {
      route = findRoute(http.path);
      if (http.method === 'OPTIONS') return finish(answerOptions(route, http, cors !== undefined));
      return finish(await answer({ http, run, route, requestId, startedAt }));
    } catch (thrown) {
      const error = toGatewayError(thrown);
      if (error.kind === 'internal')
        parts.log.error('a request failed inside the gateway', { requestId, cause: error.cause ?? error });
      const refusal = respondError(error, dialectOf(http.path, http.headers, route), requestId);
      if (route && error.kind === 'method_not_allowed') refusal.headers.allow = allowed(route);
      return finish(refusal);
    }
  };
}

const allowed = ({ methods }: Route): string => [...methods, 'OPTIONS'].join(', ');

/** What may be done here, and to a browser of an allowed origin: how. */
function answerOptions(route: Route, { headers }: Incoming, withCors: boolean): Outgoing {
  const granted = withCors && headers.origin ? preflightHeaders(route.methods, headers) : {};
  return { status: 204, headers: { allow: allowed(route), ...granted }, body: new Uint8Array() };
}
