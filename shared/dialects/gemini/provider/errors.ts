import { type ErrorKind, GatewayError, kindOfUpstreamStatus } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { cleanMessage } from '../../kit/clean-message.ts';
import { statusOfCode } from '../../kit/error-causes.ts';
import {
  answeredWith,
  errorFields,
  quoteOf,
  refusedKey,
  withoutStatus,
  wordingOf,
} from '../../kit/provider-failures.ts';
import { filled } from '../../kit/read-values.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { FORMAT } from '../names.ts';
import type { WireReply } from '../wire.ts';

/** SDKs sleep as long as `retry-after` says; no provider may make a caller wait for longer. */
const MOST_SECONDS = 60;

/**
 * What Google's error body says: `{error: {code, message, status, details}}`, in a list where a stream was asked for. The
 * time to wait is in its details, not in a header.
 * @see https://ai.google.dev/gemini-api/docs/troubleshooting
 * @see https://cloud.google.com/apis/design/errors
 */
export function readError(status: number, body: unknown): GatewayError {
  const fields = errorFields(body);
  // Google's sign-in answers in the form of OAuth.
  const sentence = cleanMessage(filled(fields.error_description) ?? filled(fields.message));
  const message = sentence ?? answeredWith(status);
  const details = Array.isArray(fields.details) ? fields.details.filter(isJsonObject) : [];
  const kind = kindOf(status, filled(fields.status) ?? '', message, details);
  if (kind === 'upstream_auth') return refusedKey();
  const isTooLong =
    kind === 'invalid_request' && /token count\b/i.test(message) && /\bexceeds the maximum/i.test(message);
  return new GatewayError(kind, message, {
    code: isTooLong ? 'context_length_exceeded' : undefined,
    retryAfter: retryAfterOf(details),
    quote: quoteOf(kind, sentence, { status, wording: wordingOf(FORMAT, body, ['status']) }),
    status: kind === 'invalid_request' && status > 400 && status < 500 && status !== 499 ? status : undefined,
  });
}

/** An error within a stream or a reply of status 200. */
export function errorWithin(body: Unchecked<WireReply>): GatewayError | undefined {
  if (!body.error) return undefined;
  return withoutStatus(readError(statusOfCode(isJsonObject(body.error) ? body.error.code : undefined), body));
}

function kindOf(status: number, name: string, message: string, details: readonly JsonObject[]): ErrorKind {
  // A bad key is a 400 at Google's.
  if (details.some(({ reason }) => reason === 'API_KEY_INVALID' || reason === 'API_KEY_EXPIRED'))
    return 'upstream_auth';
  if (/\bAPI key (?:not valid|expired)\b/i.test(message)) return 'upstream_auth';
  if (name === 'FAILED_PRECONDITION' && /location is not supported|billing/i.test(message)) return 'upstream_auth';
  if (name === 'RESOURCE_EXHAUSTED') return 'rate_limited';
  if (name === 'CANCELLED' || status === 499) return 'upstream';
  const kind = kindOfUpstreamStatus(status);
  return kind === 'not_found' && /\bmodels?\b/i.test(message) ? 'model_not_found' : kind;
}

/** `RetryInfo` says a duration: `34s`, `34.074824224s`. */
function retryAfterOf(details: readonly JsonObject[]): number | undefined {
  for (const { retryDelay } of details) {
    const seconds = typeof retryDelay === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(retryDelay)?.[1] : undefined;
    if (seconds !== undefined) return Math.min(MOST_SECONDS, Math.ceil(Number(seconds)));
  }
  return undefined;
}
