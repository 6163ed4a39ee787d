import { createHash, timingSafeEqual } from 'node:crypto';
import type { Time } from '../async/time.ts';
import type { Caller } from '../call/caller.ts';
import type { VirtualKey } from '../call/virtual-key.ts';
import { GatewayError } from '../errors.ts';
import type { Headers } from '../http/message.ts';
import type { Log } from '../log.ts';

export interface AuthenticatePorts {
  masterKey(): Promise<string>;
  keys: Keys;
  log: Pick<Log, 'warn'>;
  time: Pick<Time, 'now'>;
}

export interface Keys {
  /** The virtual key with this SHA-256 (hex), revoked and expired ones included. Fails where the table is away. */
  find(sha256: string): Promise<VirtualKey | undefined>;
}

/** Finds out who asks. The master key needs no table; without the table, other keys can be neither accepted nor refused. */
export function createAuthenticate({
  masterKey,
  keys,
  time,
  log,
}: AuthenticatePorts): (headers: Headers) => Promise<Caller> {
  let master: { key: string; digest: Buffer } | undefined;

  async function masterDigest(): Promise<Buffer> {
    const key = await masterKey();
    if (master?.key !== key) master = { key, digest: sha256(key) };
    return master.digest;
  }

  return async (headers) => {
    const digest = sha256(presentedKey(headers));
    if (timingSafeEqual(digest, await masterDigest())) return { type: 'master' };
    const found = await findKey(digest.toString('hex'), keys, log);
    if (!found) throw wrongKey('Incorrect API key provided.');
    if (found.revoked) throw wrongKey('This API key has been revoked.');
    if (found.expiresAt !== undefined && found.expiresAt * 1000 <= time.now())
      throw wrongKey('This API key has expired.');
    return { type: 'key', id: found.id, name: found.name };
  };
}

async function findKey(digest: string, keys: Keys, log: Pick<Log, 'warn'>): Promise<VirtualKey | undefined> {
  try {
    return await keys.find(digest);
  } catch (cause) {
    log.warn('keys cannot be looked up', { cause });
    throw new GatewayError('overloaded', 'API keys cannot be checked at the moment.', { cause, retryAfter: 5 });
  }
}

/** The key a request carries. Anthropic's clients send `x-api-key`, which wins where both are there, as at the vendor. */
export function presentedKey(headers: Headers): string {
  const apiKey = headers['x-api-key']?.trim();
  if (apiKey) return apiKey;
  const authorization = headers.authorization?.trim();
  if (!authorization) {
    throw wrongKey(
      "You didn't provide an API key. Send it in the header 'Authorization: Bearer <key>' or 'x-api-key'.",
      null,
    );
  }
  // Two headers arrive joined by a comma on Lambda: it is unknown which of them was meant.
  const found = /^bearer\s+([^\s,]+)$/i.exec(authorization);
  if (!found) throw wrongKey("The header 'Authorization' must be of the form 'Bearer <key>'.");
  return found[1]!;
}

function wrongKey(message: string, code: string | null = 'invalid_api_key'): GatewayError {
  return new GatewayError('unauthenticated', message, code === null ? {} : { code });
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
