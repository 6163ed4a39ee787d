import { GatewayError } from '../errors.ts';

/** A token that lets nobody in. The message is for its owner: it says what is wrong, and quotes nothing of the token. */
export const wrongToken = (message: string): GatewayError =>
  new GatewayError('unauthenticated', message, { code: 'invalid_api_key' });

/** A token that is good, of someone who may not come in. */
export const notAllowed = (message: string): GatewayError => new GatewayError('forbidden', message);

/** Its issuer's keys cannot be had at the moment, so it can be neither accepted nor refused. */
export const unverifiable = (cause?: unknown): GatewayError =>
  new GatewayError('overloaded', 'Tokens of this issuer cannot be verified at the moment.', { cause, retryAfter: 5 });
