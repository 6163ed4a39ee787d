import type http from 'node:http';
import type { Socket } from 'node:net';
import { urlToHttpOptions } from 'node:url';
import type { Time } from '../async/time.ts';
import { GatewayError } from '../errors.ts';

/** The same few addresses are called again and again, and reading one costs as much as writing the request. */
const addresses = new Map<string, http.ClientRequestArgs>();
const MOST_ADDRESSES = 100;

export function addressOf(url: string): http.ClientRequestArgs {
  const known = addresses.get(url);
  if (known) return known;
  const { protocol, hostname, port, path, auth } = urlToHttpOptions(new URL(url));
  const address = { protocol, hostname, port, path, auth };
  if (addresses.size >= MOST_ADDRESSES) addresses.clear();
  addresses.set(url, address);
  return address;
}

interface Connecting {
  secure: boolean;
  connectMs: number;
  end: (error: GatewayError) => void;
  time: Pick<Time, 'after'>;
}

/** Ends a request whose socket is not connected in time. */
export function watchConnect(socket: Socket, { secure, connectMs, end, time }: Connecting): void {
  if (!socket.connecting) return;
  const timer = time.after(connectMs, () => end(timedOut('could not be connected to', connectMs)));
  const clear = (): void => timer.clear();
  socket.once(secure ? 'secureConnect' : 'connect', clear);
  socket.once('close', clear);
}

export const timedOut = (what: string, ms: number): GatewayError =>
  new GatewayError('timeout', `The provider ${what} within ${ms / 1000} s.`);
