import { jsonOutgoing } from '../../http/message.ts';
import { getEndpoint } from '../endpoint.ts';

/** What agents look for at their start, without a key, to see whether the address answers at all. */
export const hello = getEndpoint(['/api/hello'], () => jsonOutgoing(200, { message: 'hello' }), {
  open: true,
});
