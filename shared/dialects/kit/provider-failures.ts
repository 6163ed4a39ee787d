import { type ErrorKind, GatewayError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';

/** The provider refused our key: the owner's trouble, of which the caller is given no details. */
export const refusedKey = (): GatewayError =>
  new GatewayError('upstream_auth', 'The provider refused the key or the rights of this gateway.', {
    code: 'upstream_auth',
  });

/** Said where a provider's error body says nothing that may be passed on. */
export const answeredWith = (status: number): string => `The provider answered with status ${status}.`;

const failed = (message: string, kind: ErrorKind = 'upstream'): GatewayError => new GatewayError(kind, message);

export const notJson = (): GatewayError => failed('The provider sent an event that is not JSON.');

export const brokeOff = (): GatewayError => failed('The provider ended its stream before the answer was finished.');

/** An end that is a failure: what was written before it is no answer. */
export const stoppedWith = (reason: string, kind?: ErrorKind): GatewayError =>
  failed(`The provider stopped its answer with '${reason}'.`, kind);

/**
 * The object in an error body that holds its fields: under `error`, in a list of one, or the body itself; a bare text is its
 * `message`.
 */
export function errorFields(body: unknown): JsonObject {
  if (Array.isArray(body)) return errorFields(body[0]);
  if (typeof body === 'string') return { message: body };
  if (!isJsonObject(body)) return {};
  if (isJsonObject(body.error)) return body.error;
  return typeof body.error === 'string' ? { ...body, message: body.error } : body;
}
