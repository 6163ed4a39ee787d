import { GatewayError } from '../../errors.ts';
import type { Endpoint } from '../endpoint.ts';

/** Says where the cache of image descriptions is administered now. */
export const movedCache: Endpoint = {
  paths: ['/cache', '/cache/stats'],
  methods: ['GET', 'HEAD', 'DELETE'],
  open: true,
  body: 'none',
  answer({ http: { method, path } }) {
    const place = `${method} /admin/v1${path.startsWith('/cache/stats') ? '/cache/stats' : '/cache'}`;
    const message = `This is now ${place} at the URL of the administration: the output AdminUrl of the stack; on one machine, this URL.`;
    throw new GatewayError('not_found', message, { status: 410, code: 'moved' });
  },
};
