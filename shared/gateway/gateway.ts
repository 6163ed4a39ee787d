import type { Reservation } from '../accounting/limits/rates.ts';
import { openAccount } from '../accounting/open.ts';
import { tokensOf, type UsageRecord } from '../accounting/record.ts';
import { unlessAborted } from '../async/deadline.ts';
import { type Caller, isRuled } from '../call/caller.ts';
import { defined } from '../chat/defined.ts';
import { agentIdsOf } from '../dialects/agents.ts';
import { clientOf } from '../dialects/clients.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import { forCaller, type GatewayError, toGatewayError } from '../errors.ts';
import { safeHeaders } from '../http/header-value.ts';
import type { Incoming, Outgoing, Run } from '../http/message.ts';
import { encodingHeaders } from '../http/unpack.ts';
import { admit } from './admit.ts';
import { createAuthenticate } from './authenticate.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import type { Endpoint } from './endpoint.ts';
import { endpoints } from './endpoints/list.ts';
import { createOwnReads } from './endpoints/own-reads.ts';
import { ownLimitHeaders, providerRateHeaders } from './limit-headers.ts';
import { configuredSecrets } from './masking/configured-secrets.ts';
import { rememberKeys } from './masking/known-keys.ts';
import { sentWith } from './masking/own-words.ts';
import { withoutQueryKey } from './masking/query-key.ts';
import { callDeadline, openCall, type ReceivedRequest } from './open-call.ts';
import type { EndpointPorts, GatewayPorts } from './ports.ts';
import { createReadiness } from './readiness.ts';
import { type ForCaller, respondError } from './respond.ts';
import { allowed, checkMethod, createRoutes, type Route } from './routes.ts';

/** A gateway: a function from a request to an answer, whatever host calls it. Many requests may be in it at once. */
export type Gateway = (http: Incoming, run: Run) => Promise<Outgoing>;

interface Received extends ReceivedRequest {
  /** Headers of the answer whatever it is: what remains of the limits of its caller, or its provider. */
  headers: Record<string, string>;
  /** What its caller sent, once it is read. */
  request?: unknown;
}

/** The life of a request: route, authenticate, open its account, answer. Whatever is thrown on the way is written once, here. */
export function createGateway(given: GatewayPorts): Gateway {
  const keys = rememberKeys(given, configuredSecrets(given.config));
  const outward: ForCaller = (error, request) => keys.masked(forCaller(error), request);
  const made = { readiness: createReadiness(given), checkOwnReads: createOwnReads(given.time), forCaller: outward };
  const ports: EndpointPorts = { ...keys.ports, ...made };
  const findRoute = createRoutes(endpoints);
  const { config, log } = ports;
  const { iamCallers } = config.aws;
  const authenticate = createAuthenticate({ ...ports, ...defined({ iamCallers }) });
  const origins = config.cors?.origins;

  /** The skeleton of every request. What costs money has an account, opened before the body is read, settled after the last byte. */
  async function serve(received: Received, { endpoint, params }: Route): Promise<Outgoing> {
    const { http, run, id, startedAt } = received;
    checkMethod(http.method, endpoint);
    // Before the key is looked at: reading secrets and table must end in time too.
    const deadline = callDeadline(run, ports);
    const { signal, until } = deadline;
    run.after(deadline.clear);
    const caller: Caller = endpoint.open
      ? { type: 'anonymous' }
      : await unlessAborted(authenticate(http.headers, http.principal), signal);
    const dialect = dialectOf(endpoint, http);
    const { purpose, needs = purpose } = endpoint;
    const account =
      purpose === undefined
        ? undefined
        : openAccount(
            { requestId: id, startedAt, caller, agentIds: agentIdsOf(http.headers), dialect, purpose, signal, until },
            ports,
          );
    let reservation: Reservation | undefined;
    let failure: GatewayError | undefined;
    let used: number | undefined;
    /** Of an answer that is made in the background: what was reserved for it stays taken. */
    let later = 0;
    const settle = async (record: UsageRecord): Promise<void> => {
      used = Math.max(tokensOf(record), failure ? 0 : later);
      await reservation?.settle(used);
    };
    if (account) run.after(() => account.settle(settle));
    try {
      const routed = { http, run, id, startedAt, endpoint, params, caller, dialect, signal };
      const asked = await openCall(account ? { ...routed, account } : routed, ports);
      received.request = sentWith(asked);
      const admission = await admit({ call: asked, purpose, needs, until }, ports);
      const { call, error } = admission;
      reservation = admission.reservation;
      if (call.glance.isLater) later = admission.reserved;
      // The caller left and the request is over: what was reserved only now is given back at once.
      if (used !== undefined) await reservation.settle(used);
      if (error) throw error;
      // Given up while it was read or admitted: nobody waits for what would be asked now.
      signal.throwIfAborted();
      return await endpoint.answer(call, ports);
    } catch (thrown) {
      failure = toGatewayError(thrown);
      account?.failed(failure);
      throw failure;
    } finally {
      const heard = account?.providerRates(failure);
      if (heard) received.headers = { ...providerRateHeaders(heard, { caller, dialect }) };
      if (isRuled(caller)) {
        Object.assign(received.headers, await ownLimitHeaders({ caller, dialect }, reservation?.report, ports));
      }
    }
  }

  function refuse(thrown: unknown, { http, id, request }: Received, route: Route | undefined): Outgoing {
    const error = toGatewayError(thrown);
    if (error.kind === 'internal') {
      log.error('a request failed inside the gateway', { requestId: id, cause: error.cause ?? error });
    }
    const refusal = respondError(outward(error, request), dialectOf(route?.endpoint, http), id);
    if (route && error.kind === 'method_not_allowed') refusal.headers.allow = allowed(route.endpoint);
    Object.assign(refusal.headers, encodingHeaders(error));
    return refusal;
  }

  function finish(outgoing: Outgoing, { http, id, headers: own }: Received): Outgoing {
    const said: Record<string, string> = { ...outgoing.headers, ...own };
    const cors = corsHeaders(origins, http.headers, said);
    const headers = safeHeaders(Object.assign(said, { 'x-request-id': id, 'request-id': id }, cors));
    return http.method === 'HEAD' ? { ...outgoing, headers, body: new Uint8Array() } : { ...outgoing, headers };
  }

  return async (given, run) => {
    const http = withoutQueryKey(given);
    const received: Received = { http, run, id: `req_${ports.newId()}`, startedAt: ports.time.now(), headers: {} };
    let route: Route | undefined;
    try {
      route = findRoute(http.path);
      if (http.method === 'OPTIONS') return finish(answerOptions(route, http, origins !== undefined), received);
      return finish(await serve(received, route), received);
    } catch (thrown) {
      return finish(refuse(thrown, received, route), received);
    }
  };
}

function dialectOf(endpoint: Endpoint | undefined, http: Incoming): ClientDialect {
  const dialect = endpoint?.dialect ?? clientOf(http.path, http.headers);
  return dialect.at?.(http) ?? dialect;
}

/** What may be done here, and to a browser of an allowed origin: how. */
function answerOptions({ endpoint }: Route, { headers }: Incoming, withCors: boolean): Outgoing {
  const granted = withCors && headers.origin ? preflightHeaders(endpoint.methods, headers) : {};
  return { status: 204, headers: { allow: allowed(endpoint), ...granted }, body: new Uint8Array() };
}
