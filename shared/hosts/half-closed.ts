import type http from 'node:http';
import type { Time, Timer } from '../async/time.ts';
import type { CallerPresence } from './caller.ts';

/** The first write brings the reset, the next one shows it: so it takes this long, or a round trip where that is longer. */
const AGAIN_MS = 250;
/** Each wait is twice the one before, up to this: one that reads on is not sent thousands of them. */
const LONGEST_WAIT_MS = 5_000;

/**
 * A caller has closed its side of the connection while its answer is not finished. Most have left, some only have no more to
 * send: the socket shows no difference until something is written. A caller that reads on skips it; the system of one that has
 * left answers with a reset, and the write after that closes the response.
 */
export function probeCaller(response: http.ServerResponse, caller: CallerPresence, time: Pick<Time, 'after'>): void {
  // HTTP/1.0 has no interim responses; proxies that speak it close so when their own caller has left.
  if (!response.headersSent && response.req.httpVersionMinor === 0) {
    response.destroy();
    return;
  }
  let waitMs = AGAIN_MS;
  let timer: Timer | undefined;
  function probe(): void {
    if (response.destroyed || response.writableEnded) return;
    if (response.headersSent) caller.doubt();
    // Every HTTP/1.1 client skips this one. @see https://www.rfc-editor.org/rfc/rfc9110#name-100-continue
    else response.writeContinue();
    timer = time.after(waitMs, probe);
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
  probe();
  response.once('close', () => timer?.clear());
}
