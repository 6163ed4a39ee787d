import { type Target, urlOf } from '../catalog/catalog.ts';
import type { DialectContext } from '../dialects/dialect.ts';
import { GatewayError, isRefusal, type Refusal, refuse, toGatewayError, withRetryAfter } from '../errors.ts';
import type { Parts, UpstreamReply } from '../gateway/parts.ts';
import { isJsonObject, type JsonObject, tryParseExact, tryParseJson, tryParseLenient } from '../http/json.ts';
import type { Headers } from '../http/message.ts';
import { retryAfterOf } from './retry-after.ts';

/** What both roads know of the request under way. */
export interface Exchange {
  context: DialectContext;
  stream: boolean;
  /** Ends everything: our deadline, or the caller who left. */
  signal: AbortSignal;
  parts: Parts;
}

/** A provider's error body is read up to here; more than a sentence is never passed on. */
const MOST_ERROR_BYTES = 64 * 1024;
const MOST_REPLY_BYTES = 64 * 1024 * 1024;

/** Sends a request to a target with its key. Everything but a 2xx is a refusal with what the provider said, cleaned. */
export async function ask(
  { stream, signal, parts }: Exchange,
  target: Target,
  request: { headers: Record<string, string>; body: Uint8Array; path?: string },
): Promise<UpstreamReply | Refusal> {
  const key = await keyOf(target, parts);
  if (typeof key === 'object') return key;
  const { provider } = target;
  const url = urlOf(target, stream, request.path);
  const signature = await signatureOf(target, { url, body: request.body }, parts);
  if (isRefusal(signature)) return signature;
  const reply = await parts.send({
    url,
    headers: {
      'content-type': 'application/json',
      accept: stream ? 'text/event-stream' : 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'sluice',
      ...provider.headers,
      ...request.headers,
      ...keyHeaders[provider.auth](key),
      ...signature,
    },
    body: request.body,
    // A whole reply comes only when all of it is thought; a stream begins long before.
    timeouts: stream ? provider.timeouts : { ...provider.timeouts, firstEventMs: provider.timeouts.totalMs },
    signal,
  });
  if (isRefusal(reply) || (reply.status >= 200 && reply.status < 300)) return reply;
  return refuse(await readRefusal(reply, target));
}

const keyHeaders: Record<Target['provider']['auth'], (key: string) => Record<string, string>> = {
  bearer: (key) => ({ authorization: `Bearer ${key}` }),
  'api-key': (key) => ({ 'api-key': key }),
  'x-api-key': (key) => ({ 'x-api-key': key }),
  'x-goog-api-key': (key) => ({ 'x-goog-api-key': key }),
  'google-oauth': (token) => ({ authorization: `Bearer ${token}` }),
  none: () => ({}),
  aws: () => ({}),
};

/** The headers of a signed call; none where its provider wants a key or nothing. */
async function signatureOf(
  { provider: { name, signing } }: Target,
  call: { url: string; body: Uint8Array },
  { sign }: Parts,
): Promise<Record<string, string> | Refusal> {
  if (!signing) return {};
  if (!sign) {
    const message = `The gateway has no AWS role to sign calls to the provider '${name}' with.`;
    return refuse(new GatewayError('upstream_auth', message));
  }
  try {
    return await sign({ ...call, contentType: 'application/json', ...signing });
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

async function keyOf({ provider }: Target, { secrets, googleTokens }: Parts): Promise<string | Refusal> {
  if (provider.secret === undefined) return '';
  const key = await secrets.providerKey(provider.secret);
  if (key && provider.auth === 'google-oauth') return googleTokens(key, provider.secret);
  if (key) return key;
  return refuse(
    new GatewayError(
      'upstream_auth',
      `The gateway has no key '${provider.secret}' for the provider '${provider.name}'.`,
    ),
  );
}

async function readRefusal(reply: UpstreamReply, { provider }: Target): Promise<GatewayError> {
  const text = await readText(reply.body, MOST_ERROR_BYTES).catch(() => '');
  const body = tryParseJson(text) ?? text;
  return withRetryAfter(provider.dialect.readError(reply.status, body, reply.headers), retryAfterOf(reply.headers));
}

async function readText(body: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  return (await readBytes(body, most)).toString('utf8');
}

async function readBytes(body: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > most) break;
  }
  return chunks.length === 1 ? Buffer.from(chunks[0]!) : Buffer.concat(chunks);
}

/** A whole reply: its bytes and the object in them. Anything else than a JSON object is a refusal. */
export async function readWhole(
  reply: UpstreamReply,
  parse: (text: string) => unknown = tryParseExact,
): Promise<{ bytes: Buffer; value: JsonObject } | Refusal> {
  try {
    const bytes = await readBytes(reply.body, MOST_REPLY_BYTES);
    const text = bytes.toString('utf8');
    const value = parse(text);
    if (isJsonObject(value)) return { bytes, value };
    const mended = tryParseLenient(text);
    if (isJsonObject(mended)) return { bytes: Buffer.from(JSON.stringify(mended)), value: mended };
    return refuse(new GatewayError('upstream', 'The provider answered with something that is not a JSON object.'));
  } catch (thrown) {
    return refuse(toGatewayError(thrown));
  }
}

/** Whether a stream came as one: some providers answer a streamed request with plain JSON, errors most of all. */
export function isEventStream(headers: Headers): boolean {
  return !/\bjson\b/i.test(headers['content-type'] ?? '');
}
