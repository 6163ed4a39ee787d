import type { LookupAddress } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import { createSingleFlight } from '../async/single-flight.ts';

/** All addresses of a name; none where it is unknown. Ends with the signal. */
export type Resolve = (hostname: string, signal: AbortSignal) => Promise<LookupAddress[]>;

interface Options {
  /** Name servers to ask; those of the system unless given. */
  servers?: readonly string[];
  /** For one question to one server. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Asks name servers by itself. The system's look-up would take one of Node's four threads until it has an answer: a few names
 * with dead servers would hold up all files, all compression and all other look-ups of the process.
 */
export const createResolve =
  ({ servers, timeoutMs = TIMEOUT_MS }: Options = {}): Resolve =>
  async (hostname, signal) => {
    if (signal.aborted) return [];
    // One for each name: to cancel it must not end the questions of others.
    const resolver = new Resolver({ timeout: timeoutMs, tries: TRIES, maxTimeout: timeoutMs });
    if (servers) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
      return [...addressesOf(v4, 4), ...addressesOf(v6, 6)];
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };

const addressesOf = (answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] =>
  answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];

/**
 * The system's own look-up, which knows the hosts file: only for names that the owner trusts, so that no caller chooses how many
 * threads it takes. Questions for the same name are one.
 */
export function createSystemResolve(): Resolve {
  const questions = createSingleFlight<LookupAddress[]>();
  return (hostname, signal) => questions.ask(hostname, signal, () => lookup(hostname, { all: true }));
}
