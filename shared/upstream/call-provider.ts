import { unlessAborted } from '../async/deadline.ts';
import type { Attempt } from '../call/attempt.ts';
import { type Target, urlOf } from '../catalog/catalog.ts';
import { defined } from '../chat/defined.ts';
import { changedError, GatewayError, isRefusal, type Refusal, refuse, withRetryAfter } from '../errors.ts';
import { tryParseJson } from '../http/json.ts';
import type { Headers } from '../http/message.ts';
import { type CredentialPorts, credentialHeaders } from './credentials.ts';
import { ratesIn } from './provider-rates.ts';
import { readStart } from './read-whole.ts';
import { retryAfterOf } from './retry-after.ts';
import { abortReason, type Method, type Send, type UpstreamReply } from './send.ts';

/** What a provider is called with from outside the gateway. */
export interface UpstreamPorts extends CredentialPorts {
  send: Send;
}

export interface ProviderCall {
  headers: Record<string, string>;
  body: Uint8Array;
  /** `POST` unless given. */
  method?: Method;
  /** Path under the base URL; the dialect's path for conversations unless given. */
  path?: string;
  /** Whether a stream is asked for: a whole reply begins only when all of it is written. */
  stream: boolean;
}

/** A provider's error body is read up to here; more than a sentence of it is never passed on. */
const ERROR_BYTES = 64 * 1024;

/** Sends a request to an attempt's target with its credentials. Everything but a 2xx is a refusal, in cleaned words. */
export async function callProvider(
  {
    target,
    signal,
    sentTwice,
    heard,
    unanswered,
  }: Pick<Attempt, 'target' | 'signal' | 'sentTwice' | 'heard' | 'unanswered'>,
  { stream, headers, body, path, method }: ProviderCall,
  ports: UpstreamPorts,
): Promise<UpstreamReply | Refusal> {
  const { provider } = target;
  const url = urlOf(target, stream, path);
  const contentType = headers['content-type'] ?? 'application/json';
  // Reading a secret knows no signal.
  const toSign = { url, contentType, body, ...defined({ method }) };
  const credentials = await unlessAborted(credentialHeaders(target, toSign, ports), signal).catch((thrown) => {
    if (signal.aborted) return refuse(abortReason(signal));
    throw thrown;
  });
  if (isRefusal(credentials)) return credentials;
  const { timeouts } = provider;
  const reply = await ports.send({
    url,
    ...defined({ method }),
    headers: {
      'content-type': contentType,
      accept: stream ? 'text/event-stream' : 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'sluice',
      ...provider.headers,
      ...headers,
      ...credentials,
    },
    body,
    timeouts: stream ? timeouts : { ...timeouts, firstEventMs: timeouts.replyMs },
    signal,
    broken: unanswered,
  });
  if (reply.sentTwice) sentTwice();
  if (isRefusal(reply)) {
    if (reply.isSent) unanswered();
    return reply;
  }
  const rates = ratesIn(reply.headers);
  if (rates) heard(rates);
  if (reply.status >= 200 && reply.status < 300) return reply;
  return refuse(await readRefusal(reply, target));
}

async function readRefusal(reply: UpstreamReply, { provider }: Target): Promise<GatewayError> {
  // A body that breaks off still leaves the status to judge by.
  const text = await readStart(reply.body, ERROR_BYTES).then(
    (bytes) => bytes.toString('utf8'),
    () => '',
  );
  if (reply.status < 400) return noAnswer(reply.status);
  const body = tryParseJson(text) ?? text;
  const error = provider.dialect.readError(reply.status, body, reply.headers);
  return withRetryAfter(
    error.kind === 'upstream_auth' ? refusedBy(provider.name, error) : error,
    retryAfterOf(reply.headers, reply.at),
  );
}

/** Whoever has several providers must know which key to mend; what the provider says of the key stays inside. */
const refusedBy = (name: string, error: GatewayError): GatewayError =>
  changedError(error, {
    message: `The provider '${name}' refused the key or the rights of this gateway.`,
    quote: undefined,
  });

/** A redirect is not followed: it would carry the conversation to an address that the owner did not choose. */
const noAnswer = (status: number): GatewayError =>
  new GatewayError('upstream', `The provider answered with status ${status}, which is no answer to a call.`);

/** Whether a stream came as one: some providers answer a streamed request with plain JSON, errors most of all. */
export function isEventStream(headers: Headers): boolean {
  return !/\bjson\b/i.test(headers['content-type'] ?? '');
}
