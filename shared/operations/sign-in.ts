import { createLru } from '../async/lru.ts';
import type { Time } from '../async/time.ts';
import { GatewayError } from '../errors.ts';
import { presentedKey } from '../gateway/authenticate.ts';
import { createMasterKeyCheck, type MasterKeys, sha256Of } from '../gateway/master-key.ts';
import type { Incoming } from '../http/message.ts';
import type { Log } from '../log.ts';
import type { AdminKeyStore } from './ports.ts';

/** Who administers. Only the master key may make and revoke admin keys. */
export interface Actor {
  /** `master`, or the id of an admin key. */
  id: string;
  access: 'read' | 'write' | 'master';
}

interface SignInPorts {
  masterKeys: MasterKeys;
  adminKeys: Pick<AdminKeyStore, 'find'>;
  log: Pick<Log, 'warn'>;
  time: Pick<Time, 'now'>;
}

/** The message of the log line; its metric and alarm look for it. */
export const SIGN_IN_FAILED = 'sign_in_failed';

const WINDOW_MS = 60_000;
const MOST_FAILURES = 10;
const MOST_ADDRESSES = 10_000;

/**
 * Finds out who administers. An address whose keys were wrong ten times within a minute waits until the minute is over, in this
 * process: what it sends is not looked up any more.
 */
export function createSignIn({ masterKeys, adminKeys, log, time }: SignInPorts): (http: Incoming) => Promise<Actor> {
  const isMasterKey = createMasterKeyCheck(masterKeys);
  const failures = createLru<number>({ maxEntries: MOST_ADDRESSES, maxBytes: MOST_ADDRESSES, time });
  const windowEnds = new Map<string, number>();

  function refuseBlocked(address: string): void {
    if ((failures.get(address) ?? 0) < MOST_FAILURES) return;
    const seconds = Math.max(1, Math.ceil(((windowEnds.get(address) ?? time.now()) - time.now()) / 1000));
    const message = `Too many wrong keys came from this address; try again in ${seconds} s.`;
    throw new GatewayError('rate_limited', message, { retryAfter: seconds, code: 'too_many_sign_ins' });
  }

  function failed(address: string): void {
    const count = failures.get(address) ?? 0;
    if (count === 0) {
      windowEnds.delete(address);
      windowEnds.set(address, time.now() + WINDOW_MS);
      if (windowEnds.size > MOST_ADDRESSES) windowEnds.delete(windowEnds.keys().next().value!);
    }
    failures.set(address, count + 1, { bytes: 1, until: windowEnds.get(address) ?? time.now() });
  }

  async function actorOf(key: string): Promise<Actor> {
    const digest = sha256Of(key);
    if (await isMasterKey(digest)) return master;
    const found = await adminKeys.find(digest);
    // Perhaps the master key was changed a moment ago.
    if (!found && (await isMasterKey(digest, true))) return master;
    if (!found) throw wrongKey('Incorrect API key provided. The administration takes the master key and admin keys.');
    if (found.revoked) throw wrongKey('This admin key has been revoked.');
    if (found.expiresAt !== undefined && found.expiresAt * 1000 <= time.now())
      throw wrongKey('This admin key has expired.');
    return { id: found.id, access: found.access };
  }

  return async ({ headers, address = 'unknown' }) => {
    refuseBlocked(address);
    try {
      return await actorOf(presentedKey(headers));
    } catch (thrown) {
      // Without any key nothing was tried.
      if (thrown instanceof GatewayError && thrown.code === 'invalid_api_key') {
        failed(address);
        log.warn(SIGN_IN_FAILED, { address, reason: thrown.message });
      }
      throw thrown;
    }
  };
}

const master: Actor = { id: 'master', access: 'master' };

const wrongKey = (message: string): GatewayError =>
  new GatewayError('unauthenticated', message, { code: 'invalid_api_key' });
