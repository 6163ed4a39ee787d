import { jsonOutgoing } from '../../http/message.ts';
import { getEndpoint } from '../endpoint.ts';

/** Whether the process answers at all. */
export const alive = getEndpoint(['/health'], () => jsonOutgoing(200, { status: 'ok' }), { open: true });

/** Whether all that must work does: 503 where one part does not. */
export const ready = getEndpoint(
  ['/health/ready'],
  async (_, { readiness }) => {
    const checks = await readiness();
    const isReady = Object.values(checks).every(({ state }) => state === 'ok');
    return jsonOutgoing(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', checks });
  },
  { open: true },
);
