/** What can end a request, and the HTTP status of each kind. Dialects write a kind in their vendor's words. */
export const statusOfKind = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  model_not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  rate_limited: 429,
  quota_exceeded: 429,
  /** The caller left before the answer was finished; only the record says so. */
  caller_left: 499,
  internal: 500,
  /** The provider failed, answered nonsense or broke off. */
  upstream: 502,
  /** The provider refused the gateway's own key: for the owner to mend, never the caller. */
  upstream_auth: 502,
  overloaded: 503,
  timeout: 504,
} as const;

export type ErrorKind = keyof typeof statusOfKind;

export interface ErrorDetails {
  /** Path of the field at fault, as the caller's vendor writes it: `messages[0].role`. */
  param?: string | undefined;
  /** Machine-readable code, e.g. `context_length_exceeded`. */
  code?: string | undefined;
  /** Seconds after which another try makes sense. */
  retryAfter?: number | undefined;
  /** Status to answer with where it is finer than the kind's own (a provider's 402, 451 …). */
  status?: number | undefined;
  /** Whether asking again unchanged can help, where it is not as usual for the kind. */
  retryable?: boolean | undefined;
  cause?: unknown;
}

/** Ends a request. Thrown anywhere below the gateway, caught once, written in the caller's dialect. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly kind: ErrorKind;
  readonly status: number;
  readonly param: string | undefined;
  readonly code: string | undefined;
  readonly retryAfter: number | undefined;
  readonly retryable: boolean | undefined;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.status = details.status ?? statusOfKind[kind];
    this.param = details.param;
    this.code = details.code;
    this.retryAfter = details.retryAfter;
    this.retryable = details.retryable;
  }
}

/** What was thrown, as the error that the caller gets. A bug reads `internal`; its cause goes to the log only. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError('internal', 'The gateway failed to handle this request.', { cause: thrown });
}

/** Whether asking again unchanged can help; sent as `x-should-retry`, which the official SDKs obey. */
export function mayRetry({ kind, retryable }: GatewayError): boolean {
  return retryable ?? (kind === 'rate_limited' || kind === 'overloaded' || kind === 'timeout' || kind === 'upstream');
}

const kindOfStatus: Record<number, ErrorKind> = {
  400: 'invalid_request',
  404: 'not_found',
  409: 'conflict',
  413: 'too_large',
  415: 'unsupported_media_type',
  422: 'unprocessable',
  429: 'rate_limited',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
};

/** The kind of a provider's refusal, by its status alone; dialects refine it by what the body says. */
export function kindOfUpstreamStatus(status: number): ErrorKind {
  if (status === 401 || status === 403) return 'upstream_auth';
  if (status === 408) return 'timeout';
  return kindOfStatus[status] ?? (status >= 500 ? 'upstream' : 'invalid_request');
}

/** A provider's no, or no answer at all: a value, for the next line to decide upon. */
export interface Refusal {
  refusal: GatewayError;
}

export const refuse = (refusal: GatewayError): Refusal => ({ refusal });

export function isRefusal(answer: object): answer is Refusal {
  return 'refusal' in answer && answer.refusal instanceof GatewayError;
}

/** The same error with the time after which another try makes sense. */
export function withRetryAfter(error: GatewayError, retryAfter: number | undefined): GatewayError {
  if (retryAfter === undefined) return error;
  const { kind, message, param, code, status, retryable, cause } = error;
  return new GatewayError(kind, message, { param, code, status, retryable, cause, retryAfter });
}
