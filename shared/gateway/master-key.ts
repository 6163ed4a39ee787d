import { hash, timingSafeEqual } from 'node:crypto';

/**
 * The master keys that hold: the present one first, then the one before, for an hour after a change. With `fresh` they are read
 * anew, at most every few seconds.
 */
export type MasterKeys = (options?: { fresh?: boolean }) => Promise<readonly string[]>;

/** A key that can be guessed opens everything. */
const SHORTEST = 32;

/** Fails with words for the owner where a master key is too short. */
export function checkMasterKey(key: string): string {
  if (key.length >= SHORTEST) return key;
  throw new Error(`the master key has ${key.length} characters; it must have at least ${SHORTEST}`);
}

/** Whether a key, by its SHA-256 (hex), is a master key. A key that was changed a moment ago is found by reading anew. */
export function createMasterKeyCheck(masterKeys: MasterKeys): (digest: string, fresh?: boolean) => Promise<boolean> {
  let last: { keys: readonly string[]; digests: Buffer[] } = { keys: [], digests: [] };

  return async (digest, fresh = false) => {
    const keys = await masterKeys({ fresh });
    if (!isSame(keys, last.keys)) last = { keys, digests: keys.map((key) => Buffer.from(sha256Of(key))) };
    const presented = Buffer.from(digest);
    // Every one is compared, so that the time taken says nothing.
    return last.digests.filter((known) => timingSafeEqual(presented, known)).length > 0;
  };
}

const isSame = (keys: readonly string[], others: readonly string[]): boolean =>
  keys.length === others.length && keys.every((key, at) => key === others[at]);

/** In hexadecimal. */
export const sha256Of = (text: string): string => hash('sha256', text);
