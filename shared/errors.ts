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
  /**
   * The provider refused the gateway's own key: for the owner to mend, never the caller. Asking again is of no use, and agents
   * ask a 5xx again, some of them dozens of times; a 401 or 403 reads as if they should sign in.
   */
  upstream_auth: 400,
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
  /** Set where the message is a provider's sentence. */
  quote?: Quote | undefined;
  /** Whether asking again unchanged can help, where it is not as usual for the kind. */
  retryable?: boolean | undefined;
  cause?: unknown;
}

/** What a provider wrote of an error: it may quote the request, so it goes to the caller and never to the log. */
export interface Quote {
  /** The provider's HTTP status; absent in a stream that had begun, or in a reply of status 200. */
  status?: number | undefined;
  /** The provider is the owner's own API: its sentence reaches callers, whatever failed. */
  isOwners?: boolean;
  /** Its fields, cleaned, in the form of a format that callers speak too. */
  wording?: Wording | undefined;
}

export interface Wording {
  /** Name of the format of error bodies; several dialects may share one. */
  format: string;
  /** At least a `message`; what stands under `error` in that format. */
  fields: Readonly<Record<string, string | number | null>>;
}

/** Ends a request. Thrown anywhere below the gateway, caught once, written in the caller's dialect. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly kind: ErrorKind;
  readonly status: number;
  readonly param: string | undefined;
  readonly code: string | undefined;
  readonly retryAfter: number | undefined;
  readonly quote: Quote | undefined;
  readonly retryable: boolean | undefined;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.status = details.status ?? statusOfKind[kind];
    this.param = details.param;
    this.code = details.code;
    this.retryAfter = details.retryAfter;
    this.quote = details.quote;
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
export const withRetryAfter = (error: GatewayError, retryAfter: number | undefined): GatewayError =>
  retryAfter === undefined ? error : changedError(error, { retryAfter });

/** The same error with some of its parts changed. */
export function changedError(error: GatewayError, changes: ErrorDetails & { message?: string }): GatewayError {
  const { kind, message, param, code, status, retryAfter, retryable, quote, cause } = error;
  const { message: changed = message, ...details } = changes;
  return new GatewayError(kind, changed, { param, code, status, retryAfter, retryable, quote, cause, ...details });
}

/** What is wrong with the request itself, in a provider's eyes: only its caller can mend it, so its caller reads the wording. */
const requestKinds: ReadonlySet<ErrorKind> = new Set<ErrorKind>([
  'invalid_request',
  'not_found',
  'model_not_found',
  'conflict',
  'too_large',
  'unsupported_media_type',
  'unprocessable',
]);

export const isAboutTheRequest = (kind: ErrorKind): boolean => requestKinds.has(kind);

/** What a provider's failure is called outside: its own sentence is about the gateway's account or the provider's insides. */
const ownSentences: Partial<Record<ErrorKind, string>> = {
  quota_exceeded: 'The quota or the credit of this gateway at the provider is used up.',
  upstream_auth: 'The provider refused the key or the rights of this gateway.',
  overloaded: 'The provider is overloaded.',
  timeout: 'The provider did not finish in time.',
};

/**
 * An error as it may leave the gateway. Of a provider's words only those about the request leave, with their wording, and the
 * sentence of a rate limit; what the gateway says itself stays as it is.
 */
export function forCaller(error: GatewayError): GatewayError {
  const { kind, quote } = error;
  if (!quote || quote.isOwners || kind === 'rate_limited' || isAboutTheRequest(kind)) return error;
  const { status } = quote;
  const failed =
    status === undefined ? 'The provider reported an error.' : `The provider answered with status ${status}.`;
  const message = ownSentences[kind] ?? failed;
  return changedError(error, { message, param: undefined, code: undefined, quote: undefined });
}

/** An error as it may be logged: without anything that a provider quotes of a prompt. */
export function logFields({ kind, message, quote }: GatewayError): Record<string, unknown> {
  return { kind, ...(quote ? { status: quote.status } : { reason: message }) };
}
