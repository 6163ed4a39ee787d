import type http from 'node:http';
import type { Time } from '../async/time.ts';
import type { CallerPresence } from './caller.ts';

/** The first write brings the reset, the next one shows it: so it takes this long, or a round trip where that is longer. */
const AGAIN_MS = 250;

/**
 * A caller has closed its side of the connection while its answer is not finished. Most have left, some only have no more to
 * send: the socket shows no difference until something is written. A caller that reads on skips it; the system of one that has
 * left answers with a reset, and the write after that closes the response.
 */
export function probeCaller(response: http.ServerResponse, caller: CallerPresence, time: Pick<Time, 'every'>): void {
  // HTTP/1.0 has no interim responses; proxies that speak it close so when their own caller has left.
  if (!response.headersSent && response.req.httpVersionMinor === 0) {
    response.destroy();
    return;
  }
  const probe = (): void => {
    if (response.destroyed || response.writableEnded) return;
    if (response.headersSent) caller.doubt();
    // Every HTTP/1.1 client skips this one. @see https://www.rfc-editor.org/rfc/rfc9110#name-100-continue
    else response.writeContinue();
  };
  probe();
  const timer = time.every(AGAIN_MS, probe);
  response.once('close', () => timer.clear());
}
