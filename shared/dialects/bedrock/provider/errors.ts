import { type ErrorKind, GatewayError, kindOfUpstreamStatus } from '../../../errors.ts';
import { isJsonObject, tryParseJson } from '../../../http/json.ts';
import type { Headers } from '../../../http/message.ts';
import { cleanMessage } from '../../kit/clean-message.ts';
import { quoteOf, refusedKey } from '../../kit/provider-failures.ts';
import type { Unchecked } from '../../kit/wire.ts';
import type { WireReply } from '../wire.ts';

/**
 * AWS's names of errors, in lower case and without `Exception`: as a header, in the body's `__type`, or of an exception inside a
 * stream. The name decides, since a throttling may come with 400, 429 or inside a stream of status 200.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html errors
 */
const kinds: ReadonlyMap<string, ErrorKind> = new Map<string, ErrorKind>(
  Object.entries({
    validation: 'invalid_request',
    servicequotaexceeded: 'quota_exceeded',
    accessdenied: 'upstream_auth',
    unrecognizedclient: 'upstream_auth',
    expiredtoken: 'upstream_auth',
    invalidsignature: 'upstream_auth',
    incompletesignature: 'upstream_auth',
    missingauthenticationtoken: 'upstream_auth',
    resourcenotfound: 'model_not_found',
    modeltimeout: 'timeout',
    throttling: 'rate_limited',
    toomanyrequests: 'rate_limited',
    modelnotready: 'overloaded',
    modelerror: 'upstream',
    modelstreamerror: 'upstream',
    internalserver: 'upstream',
    internalfailure: 'upstream',
    serviceunavailable: 'overloaded',
  }),
);

/** Kinds that some other error names hide behind: what the sentence says. */
const sentences: readonly (readonly [RegExp, ErrorKind, string | undefined])[] = [
  [
    /provided model identifier is invalid|model [^\n]{0,200}(?:not found|does not exist)/i,
    'model_not_found',
    undefined,
  ],
  [/on-demand throughput isn.t supported/i, 'model_not_found', undefined],
  [/input is too long|prompt is too long|context (?:length|window)/i, 'invalid_request', 'context_length_exceeded'],
  [/too many (?:tokens|requests)/i, 'rate_limited', undefined],
];

/** What a refused request says. The body itself never leaves. */
export function readError(status: number, body: unknown, headers: Headers): GatewayError {
  const type = headers['x-amzn-errortype'] ?? (isJsonObject(body) ? (body.__type ?? body.code) : undefined);
  return errorOf(type, messageOf(body), status);
}

/** An exception inside a stream, by its type and its payload's text. */
export function readException(type: string, data: string): GatewayError {
  return errorOf(type, messageOf(tryParseJson(data)), undefined);
}

/** A reply of status 200 that is an error all the same. */
export function errorWithin(body: Unchecked<WireReply>): GatewayError | undefined {
  const inner = isJsonObject(body.Output) ? body.Output : body;
  return typeof inner.__type === 'string' ? errorOf(inner.__type, messageOf(inner), undefined) : undefined;
}

function errorOf(type: unknown, message: string | undefined, status: number | undefined): GatewayError {
  const byName = kinds.get(plainName(type));
  const byStatus = status === undefined ? 'upstream' : kindOfUpstreamStatus(status);
  // The name of a failed validation covers many causes; the sentence is finer.
  const hint = sentences.find(([words, hinted]) => words.test(message ?? '') && refines(byName ?? byStatus, hinted));
  const kind = hint?.[1] ?? byName ?? byStatus;
  if (kind === 'upstream_auth') return refusedKey();
  const what = status === undefined ? 'broke its answer off' : `answered with status ${status}`;
  const sentence = cleanMessage(message);
  const quote = quoteOf(kind, sentence, { status });
  return new GatewayError(kind, sentence ?? `The provider ${what}.`, { code: hint?.[2], quote });
}

const refines = (kind: ErrorKind, hinted: ErrorKind): boolean =>
  kind === 'invalid_request' || (kind === 'not_found' && hinted === 'model_not_found');

/** `com.amazon.coral#ThrottlingException:http://…` and `throttlingException` alike are `throttling`. */
function plainName(type: unknown): string {
  if (typeof type !== 'string') return '';
  const bare = type.split(':')[0]!.split('#').at(-1)!.toLowerCase();
  return bare.replace(/exception$|error$/, '').replace(/exception$/, '');
}

function messageOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body;
  if (!isJsonObject(body)) return undefined;
  // Some of AWS's gateways write it with a capital; the error objects of other APIs nest it.
  const nested = isJsonObject(body.error) ? body.error.message : undefined;
  const message = body.message ?? body.Message ?? nested;
  return typeof message === 'string' ? message : undefined;
}
