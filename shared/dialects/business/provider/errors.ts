import { GatewayError, kindOfUpstreamStatus } from '../../../errors.ts';
import { isJsonObject } from '../../../http/json.ts';
import { cleanMessage } from '../../kit/clean-message.ts';
import { quoteOf, refusedKey } from '../../kit/provider-failures.ts';

/** What a refused request's body says, in the shapes such APIs use: `{error}`, `{error: {message}}`, `{message}`, `{detail}`. */
export function readError(status: number, body: unknown): GatewayError {
  const kind = kindOfUpstreamStatus(status);
  if (kind === 'upstream_auth') return refusedKey();
  // A path that is not there is a base URL that is wrong: the owner's trouble, not a model the caller misnamed.
  if (status === 404 || status === 405)
    return new GatewayError('upstream', `The business API has no such path (${status}).`);
  const message = cleanMessage(typeof body === 'string' ? body : messageIn(body));
  return new GatewayError(kind, message ?? `The business API answered with status ${status}.`, {
    quote: quoteOf(kind, message, { status }),
  });
}

/** The error in a reply of status 200: whatever stands at its path and is not empty, null, false or 0. */
export function errorIn(value: unknown): GatewayError | undefined {
  if (!value || (isJsonObject(value) && Object.keys(value).length === 0)) return undefined;
  const code = typeof value === 'number' ? `error ${value}` : 'an error';
  const message = cleanMessage(typeof value === 'string' ? value : messageIn(value));
  return new GatewayError('upstream', `The business API answered with ${code}${message ? `: ${message}` : '.'}`, {
    quote: quoteOf('upstream', message, { isOwners: true }),
  });
}

function messageIn(value: unknown): string | undefined {
  if (!isJsonObject(value)) return undefined;
  const { error, message, detail, msg } = value;
  const sentence = [message, msg, detail, error].find((text) => typeof text === 'string' && text !== '');
  return typeof sentence === 'string' ? sentence : messageIn(error);
}
