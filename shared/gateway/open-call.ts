import { estimateBody } from '../accounting/limits/estimate.ts';
import { type Deadline, startDeadline } from '../async/deadline.ts';
import type { Time } from '../async/time.ts';
import type { Account } from '../call/account.ts';
import type { Call } from '../call/call.ts';
import type { Caller } from '../call/caller.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { GatewayConfig } from '../catalog/schema.ts';
import { defined } from '../chat/defined.ts';
import type { ChatRequest } from '../chat/request.ts';
import type { ClientDialect, DialectContext, Glance } from '../dialects/dialect.ts';
import { GatewayError } from '../errors.ts';
import { formIn, withModel } from '../http/form-body.ts';
import { type JsonBody, readJsonBody } from '../http/json.ts';
import type { Incoming, Run } from '../http/message.ts';
import { isFormType } from '../http/multipart.ts';
import { unpackBody } from '../http/unpack.ts';
import { type Endpoint, plainGlance } from './endpoint.ts';

/** A request as its host hands it over. */
export interface ReceivedRequest {
  http: Incoming;
  run: Run;
  id: string;
  /** Epoch milliseconds. */
  startedAt: number;
}

/** A request whose endpoint and caller are known. */
interface RoutedRequest extends ReceivedRequest {
  endpoint: Endpoint;
  params: Call['params'];
  caller: Caller;
  dialect: ClientDialect;
  signal: AbortSignal;
  /** Absent where nothing is recorded. */
  account?: Account;
}

/** Reads what a request asks. Throws `invalid_request`, `too_large` or `unsupported_media_type`. */
export async function openCall(routed: RoutedRequest, { config }: { config: GatewayConfig }): Promise<Call> {
  const { http, run, id, startedAt, endpoint, params, caller, dialect, signal, account = unrecorded } = routed;
  const read = await bodyOf(endpoint, { http, signal }, config);
  const body = params.deployment === undefined ? read : withModel(read, params.deployment);
  const glance = endpoint.glance?.(http, body) ?? plainGlance('');
  const isRead = endpoint.body === 'json' || endpoint.body === 'form';
  const input = isRead ? { input: () => estimateBody(body) } : {};
  account.asked({ model: glance.model, stream: glance.stream, bytes: body.bytes.byteLength, ...input });
  let request: ChatRequest | undefined;
  return {
    http,
    caller,
    dialect,
    id,
    started: startedAt,
    params,
    body,
    glance,
    request: () => {
      request ??= dialect.readRequest(body.value, http);
      return request;
    },
    context: contextOf(id, startedAt, dialect, glance, body),
    signal,
    account,
    after: run.after,
  };
}

type Sent = Pick<RoutedRequest, 'http' | 'signal'>;

async function bodyOf({ body }: Endpoint, sent: Sent, config: GatewayConfig): Promise<JsonBody> {
  if (body === 'json') return readJson(sent, config);
  if (body === 'none') return noBody;
  const type = sent.http.headers['content-type'];
  if (body === 'form' && type !== undefined && isFormType(type)) return formIn(type, await readBytes(sent, config));
  if (body === 'form') return readJson(sent, config, 'multipart/form-data or application/json');
  return { ...noBody, bytes: Buffer.from(await readBytes(sent, config)) };
}

async function readJson(sent: Sent, config: GatewayConfig, read = 'application/json'): Promise<JsonBody> {
  const type = sent.http.headers['content-type'];
  if (type !== undefined && !/\bjson\b/i.test(type)) {
    const message = `Unsupported content type '${type.slice(0, 100)}'; send ${read}.`;
    throw new GatewayError('unsupported_media_type', message);
  }
  return readJsonBody(await readBytes(sent, config), config.limits);
}

/** What providers get is the unpacked body: most of them read no other. */
const readBytes = async ({ http, signal }: Sent, { limits }: GatewayConfig): Promise<Uint8Array> =>
  unpackBody(await http.body(), http.headers['content-encoding'], limits.bodyBytes, signal);

function contextOf(
  id: string,
  startedAt: number,
  dialect: ClientDialect,
  { model, stream }: Glance,
  { value }: JsonBody,
): DialectContext {
  const inputEstimate = stream ? dialect.estimateInput?.(value) : undefined;
  return {
    id: id.replace('req_', ''),
    model,
    now: Math.floor(startedAt / 1000),
    request: value,
    ...defined({ inputEstimate }),
  };
}

/** Time kept back before the host stops us: for the error event and the usage record. */
const MARGIN_MS = 3_000;

/** What ends a request at the latest: the host's deadline, the longest plan of the catalog, the caller who left. */
export function callDeadline(
  { deadline, signal: parent }: Run,
  { catalog, time }: { catalog: Catalog; time: Pick<Time, 'now' | 'after'> },
): Deadline & { until: number } {
  const now = time.now();
  const ms = Math.max(0, Math.min(catalog.longestMs, deadline - MARGIN_MS - now));
  const error = (): GatewayError => new GatewayError('timeout', lateness(ms));
  return { ...startDeadline({ parent, parentError: () => reasonOf(parent), ms, error }, time), until: now + ms };
}

const lateness = (ms: number): string =>
  ms < 10
    ? 'No time was left to answer this request.'
    : `The answer was not finished within ${Math.round(ms / 10) / 100} s.`;

/** A host that gives a request up says why; of a caller who left there is nothing to say. */
const reasonOf = ({ reason }: AbortSignal): GatewayError =>
  reason instanceof GatewayError
    ? reason
    : new GatewayError('caller_left', 'The caller left before the answer was finished.');

const noBody: JsonBody = { bytes: Buffer.alloc(0), value: {}, members: [] };

/** For calls that cost nothing. */
const unrecorded: Account = {
  asked() {},
  open() {
    throw new Error('an endpoint without a purpose has no account for attempts');
  },
  pending() {},
  failed() {},
  providerRates: () => undefined,
};
