import { jsonOutgoing } from '../../http/message.ts';
import { type Endpoint, getEndpoint } from '../endpoint.ts';

/** What this is, and the paths of everything that is served. */
export const aboutOf = (served: readonly Endpoint[]): Endpoint =>
  getEndpoint(
    ['/'],
    () =>
      jsonOutgoing(200, {
        name: 'Sluice',
        description: 'An LLM gateway: clients of any vendor in front, any provider behind.',
        paths: served.flatMap(({ paths }) => paths),
      }),
    { open: true },
  );
