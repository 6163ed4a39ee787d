import type { Caller } from '../../call/caller.ts';
import { GatewayError } from '../../errors.ts';
import { jsonOutgoing } from '../../http/message.ts';
import { type Endpoint, getEndpoint } from '../endpoint.ts';

/** What the memory of image descriptions has saved; for the owner alone, since it counts the images of all callers. */
export const cacheStatistics = getEndpoint(['/cache/stats'], async ({ caller }, { descriptions }) => {
  checkOwner(caller);
  return jsonOutgoing(200, { object: 'cache.stats', ...(await descriptions.statistics()) });
});

/**
 * Clears all descriptions, or those of one image (`?image=<SHA-256 of its bytes, hex>`): once this is answered, no process
 * uses them any more.
 */
export const clearCache: Endpoint = {
  paths: ['/cache'],
  methods: ['DELETE'],
  open: false,
  body: 'none',
  async answer({ caller, http: { query } }, { descriptions, log }) {
    checkOwner(caller);
    const image = new URLSearchParams(query).get('image')?.toLowerCase();
    if (image !== undefined && !/^[0-9a-f]{64}$/.test(image)) {
      const message = 'image: expected the SHA-256 of its bytes, 64 hexadecimal digits.';
      throw new GatewayError('invalid_request', message, { param: 'image' });
    }
    try {
      await descriptions.clear(image);
    } catch (cause) {
      log.warn('descriptions of images could not be cleared', { cause });
      const message = 'The table is away: descriptions are cleared in this process only. Try again.';
      throw new GatewayError('overloaded', message, { cause, retryAfter: 5 });
    }
    return jsonOutgoing(200, { object: 'cache.cleared', image: image ?? null });
  },
};

function checkOwner({ type }: Caller): void {
  if (type === 'master') return;
  throw new GatewayError('forbidden', 'Only the master key may see or clear the cache.');
}
