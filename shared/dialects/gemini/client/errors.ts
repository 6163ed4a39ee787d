import type { ErrorKind, GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { WrittenSoFar } from '../../dialect.ts';
import { filled } from '../../kit/read-values.ts';
import { FORMAT } from '../names.ts';

/** Google's word for each kind of error and, where it is not the kind's own, its status. */
const names: Record<ErrorKind, { name: string; code?: number }> = {
  invalid_request: { name: 'INVALID_ARGUMENT' },
  unauthenticated: { name: 'UNAUTHENTICATED' },
  forbidden: { name: 'PERMISSION_DENIED' },
  not_found: { name: 'NOT_FOUND' },
  model_not_found: { name: 'NOT_FOUND' },
  method_not_allowed: { name: 'UNIMPLEMENTED' },
  conflict: { name: 'ABORTED' },
  too_large: { name: 'INVALID_ARGUMENT' },
  unsupported_media_type: { name: 'INVALID_ARGUMENT' },
  unprocessable: { name: 'INVALID_ARGUMENT', code: 400 },
  rate_limited: { name: 'RESOURCE_EXHAUSTED' },
  quota_exceeded: { name: 'RESOURCE_EXHAUSTED' },
  caller_left: { name: 'CANCELLED' },
  internal: { name: 'INTERNAL' },
  upstream: { name: 'UNAVAILABLE' },
  upstream_auth: { name: 'INTERNAL' },
  overloaded: { name: 'UNAVAILABLE' },
  timeout: { name: 'DEADLINE_EXCEEDED' },
};

/** The provider's own status where its wording is passed on. */
export const errorStatus = ({ kind, status, quote }: GatewayError): number =>
  (quote?.wording?.format === FORMAT ? quote.status : undefined) ?? names[kind].code ?? status;

/**
 * @see https://cloud.google.com/apis/design/errors
 * The time to wait stands in the details: Google's clients read no header.
 */
export function writeError(error: GatewayError, requestId: string): JsonObject {
  const wording = error.quote?.wording;
  const own: JsonObject = wording?.format === FORMAT ? wording.fields : {};
  return {
    error: {
      code: errorStatus(error),
      message: filled(own.message) ?? withPlace(error),
      status: filled(own.status) ?? names[error.kind].name,
      details: detailsOf(error, requestId),
    },
  };
}

function withPlace({ message, param }: GatewayError): string {
  return param === undefined || message.includes(param) ? message : `${param}: ${message}`;
}

const typed = (name: string, fields: JsonObject): JsonObject => ({
  '@type': `type.googleapis.com/google.rpc.${name}`,
  ...fields,
});

function detailsOf(error: GatewayError, requestId: string): JsonObject[] {
  const { retryAfter, param, message } = error;
  const code = error.kind === 'model_not_found' ? 'model_not_found' : error.code;
  return [
    ...(retryAfter === undefined ? [] : [typed('RetryInfo', { retryDelay: `${Math.ceil(retryAfter)}s` })]),
    ...(param === undefined
      ? []
      : [typed('BadRequest', { fieldViolations: [{ field: param, description: message }] })]),
    ...(code === undefined ? [] : [typed('ErrorInfo', { reason: code.toUpperCase(), domain: 'sluice' })]),
    typed('RequestInfo', { requestId }),
  ];
}

export const errorEvent = (error: GatewayError, requestId: string): string =>
  `data: ${JSON.stringify(writeError(error, requestId))}\n\n`;

/** In a list the error is its last item. */
export const errorItem = (error: GatewayError, requestId: string, written?: WrittenSoFar): string =>
  `${written ? ',\n' : '['}${JSON.stringify(writeError(error, requestId))}]`;
