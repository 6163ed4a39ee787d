import { GatewayError } from '../../errors.ts';
import { type Incoming, jsonOutgoing, type Outgoing } from '../../http/message.ts';
import type { Caller, Parts } from '../parts.ts';

/** What the memory of image descriptions was good for; for the owner alone, since it tells of all callers. */
export async function showCache(caller: Caller, { descriptions }: Parts): Promise<Outgoing> {
  checkOwner(caller);
  return jsonOutgoing(200, { object: 'cache.stats', ...(await descriptions.statistics()) });
}

/**
 * Forgets all descriptions, or those of one image (`?image=<SHA-256 of its bytes, hex>`): once this is answered, no process
 * uses them any more.
 */
export async function clearCache(caller: Caller, { query }: Incoming, { descriptions, log }: Parts): Promise<Outgoing> {
  checkOwner(caller);
  const image = new URLSearchParams(query).get('image')?.toLowerCase();
  if (image !== undefined && !/^[0-9a-f]{64}$/.test(image)) {
    throw new GatewayError('invalid_request', 'image: expected the SHA-256 of its bytes, 64 hexadecimal digits.', {
      param: 'image',
    });
  }
  try {
    await descriptions.clear(image);
  } catch (cause) {
    log.warn('descriptions of images could not be cleared', { cause });
    const message = 'The table is away: descriptions are cleared in this process only. Try again.';
    throw new GatewayError('overloaded', message, { cause, retryAfter: 5 });
  }
  return jsonOutgoing(200, { object: 'cache.cleared', image: image ?? null });
}

function checkOwner({ type }: Caller): void {
  if (type === 'master') return;
  throw new GatewayError('forbidden', 'Only the master key may see or clear the cache.');
}
