import { type ErrorKind, GatewayError, kindOfUpstreamStatus } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { cleanMessage } from '../kit/clean-message.ts';
import { finerKind, isTooLong, type Signs, statusOfBaseResp } from '../kit/error-causes.ts';
import { answeredWith, errorFields, quoteOf, refusedKey, withoutStatus, wordingOf } from '../kit/provider-failures.ts';
import { filled, numberOf } from '../kit/read-values.ts';
import type { Unchecked } from '../kit/wire.ts';
import { dotted } from './check.ts';
import type { WireReply } from './wire-reply.ts';

/** Anthropic's word for each kind of error and, where it is not the kind's own, its status. */
const names: Record<ErrorKind, { type: string; status?: number }> = {
  invalid_request: { type: 'invalid_request_error' },
  unauthenticated: { type: 'authentication_error' },
  forbidden: { type: 'permission_error' },
  not_found: { type: 'not_found_error' },
  model_not_found: { type: 'not_found_error' },
  method_not_allowed: { type: 'invalid_request_error' },
  conflict: { type: 'invalid_request_error' },
  too_large: { type: 'request_too_large' },
  unsupported_media_type: { type: 'invalid_request_error' },
  unprocessable: { type: 'invalid_request_error', status: 400 },
  rate_limited: { type: 'rate_limit_error' },
  quota_exceeded: { type: 'billing_error', status: 402 },
  caller_left: { type: 'invalid_request_error' },
  internal: { type: 'api_error' },
  upstream: { type: 'api_error' },
  // Claude Code takes a 400 as a refusal of one of its fields, and asks five times more, each time with one of them less.
  upstream_auth: { type: 'api_error', status: 424 },
  overloaded: { type: 'overloaded_error', status: 529 },
  timeout: { type: 'timeout_error' },
};

const FORMAT = 'anthropic';

/** The provider's own status where its wording is passed on. */
export const errorStatus = ({ kind, status, quote }: GatewayError): number =>
  (quote?.wording?.format === FORMAT ? quote.status : undefined) ?? names[kind].status ?? status;

/** @see https://platform.claude.com/docs/en/api/errors */
export function writeError(error: GatewayError, requestId: string): JsonObject {
  const { type } = names[error.kind];
  const wording = error.quote?.wording;
  // Not the vendor's field: for programs that look for it in every dialect.
  const code = error.kind === 'model_not_found' ? { code: 'model_not_found' } : {};
  const fields =
    wording?.format === FORMAT ? { type, ...wording.fields } : { type, message: withPlace(error), ...code };
  return { type: 'error', error: fields, request_id: requestId };
}

/** The envelope has no field for the place of a mistake: the message says it. */
function withPlace({ message, param }: GatewayError): string {
  if (param === undefined) return message;
  const place = dotted(param);
  return message.includes(param) || message.includes(place) ? message : `${place}: ${message}`;
}

export const errorEvent = (error: GatewayError, requestId: string): string =>
  `event: error\ndata: ${JSON.stringify(writeError(error, requestId))}\n\n`;

/** What a provider's error body says: Anthropic's envelope, or what others who speak this dialect send instead. */
export function readError(status: number, body: unknown): GatewayError {
  const { base_resp: minimax, ...fields } = errorFields(body);
  const sentence = isJsonObject(minimax) ? minimax.status_msg : fields.message;
  const type = filled(fields.type);
  const message = cleanMessage(filled(sentence) ?? filled(fields.detail) ?? filled(fields.msg));
  const signs = { status, sentence: message, code: filled(fields.code), type };
  const kind = refine(kindOfType[type ?? ''] ?? kindOfUpstreamStatus(status), signs);
  if (kind === 'upstream_auth') return refusedKey();
  return new GatewayError(kind, message ?? answeredWith(status), {
    param: kind === 'invalid_request' ? paramIn(message) : undefined,
    code: kind === 'invalid_request' && isTooLong(message) ? 'context_length_exceeded' : undefined,
    status: status > 400 && status < 500 && !foreignStatus.has(status) ? status : undefined,
    quote: quoteOf(kind, message, { status, wording: wordingOf(FORMAT, body, ['type']) }),
  });
}

/** Statuses that our kinds answer with in their own way. */
const foreignStatus = new Set([402, 408]);

const kindOfType: Record<string, ErrorKind> = {
  authentication_error: 'upstream_auth',
  permission_error: 'upstream_auth',
  billing_error: 'quota_exceeded',
  not_found_error: 'not_found',
  request_too_large: 'too_large',
  rate_limit_error: 'rate_limited',
  overloaded_error: 'overloaded',
  timeout_error: 'timeout',
};

function refine(kind: ErrorKind, signs: Signs): ErrorKind {
  if (/credit balance is too low|insufficient balance/i.test(signs.sentence ?? '')) return 'quota_exceeded';
  return finerKind(kind, signs);
}

/** Anthropic begins its sentence with the path: `messages.0.content.1: …`. */
const paramIn = (message = ''): string | undefined => /^([a-z_]+(?:\.[a-z_0-9]+)*): /.exec(message)?.[1];

const statusOfType: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
};

/** An error in a reply or an event of status 200, by its own type; MiniMax says it in `base_resp`. */
export function errorWithin(body: Unchecked<WireReply>): GatewayError | undefined {
  if (body.type === 'error' || body.error) {
    const type = isJsonObject(body.error) ? (filled(body.error.type) ?? '') : '';
    return withoutStatus(readError(statusOfType[type] ?? 502, body));
  }
  const number = isJsonObject(body.base_resp) ? body.base_resp.status_code : 0;
  if (numberOf(number ?? 0) !== 0) return withoutStatus(readError(statusOfBaseResp(number), body));
  return undefined;
}
