import {
  changedError,
  type ErrorKind,
  GatewayError,
  isAboutTheRequest,
  type Quote,
  type Wording,
} from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { cleanMessage, cleanName } from './clean-message.ts';

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
  failed(`The provider stopped its answer with '${cleanName(reason)}'.`, kind);

/**
 * The object in an error body that holds its fields: under `error`, in a list of one, or the body itself; a bare text is its
 * `message`.
 */
export function errorFields(body: unknown): JsonObject {
  if (Array.isArray(body)) return errorFields(body[0]);
  // JSON that breaks off, or was cut for its length, is no sentence.
  if (typeof body === 'string') return /^\s{0,64}[[{]/.test(body) ? {} : { message: body };
  if (!isJsonObject(body)) return {};
  if (isJsonObject(body.error)) return body.error;
  return typeof body.error === 'string' ? { ...body, message: body.error } : body;
}

/**
 * Set on an error whose message is the provider's sentence; `undefined` where it is our own. Its wording is kept only where it
 * is about the request: a caller can do nothing about the rest.
 */
export function quoteOf(kind: ErrorKind, sentence: string | undefined, quote: Quote = {}): Quote | undefined {
  if (sentence === undefined) return undefined;
  return isAboutTheRequest(kind) ? quote : { ...quote, wording: undefined };
}

/** An error inside an answer of status 200: the status it was read with is a guess, or only a number in its body. */
export const withoutStatus = (error: GatewayError): GatewayError =>
  error.quote ? changedError(error, { quote: { ...error.quote, status: undefined } }) : error;

/**
 * The fields under `error` as the vendor wrote them, cleaned: for a body in the form of the format. Nothing for any other
 * body, which a client of that format could not read.
 */
export function wordingOf(format: string, body: unknown, names: readonly string[]): Wording | undefined {
  const error = isJsonObject(body) ? body.error : undefined;
  const message = isJsonObject(error) && typeof error.message === 'string' ? cleanMessage(error.message) : undefined;
  if (!isJsonObject(error) || message === undefined) return undefined;
  const others = names.flatMap((name) => {
    const value = error[name];
    if (typeof value === 'string') return [[name, cleanName(value)]];
    // Only a code may be a number, and a type is always text: clients read it so.
    const isTaken = (value === null && name !== 'type') || (typeof value === 'number' && name === 'code');
    return isTaken ? [[name, value]] : [];
  });
  return { format, fields: { message, ...Object.fromEntries(others) } };
}
