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

/** Whether a key, by its SHA-256, is a master key. A key that was changed a moment ago is found by reading anew. */
export function createMasterKeyCheck(masterKeys: MasterKeys): (digest: Buffer, fresh?: boolean) => Promise<boolean> {
  let last: { keys: readonly string[]; digests: Buffer[] } = { keys: [], digests: [] };

  return async (digest, fresh = false) => {
    const keys = await masterKeys({ fresh });
    if (!isSame(keys, last.keys)) last = { keys, digests: keys.map(sha256) };
    // Every one is compared, so that the time taken says nothing.
    return last.digests.filter((known) => timingSafeEqual(digest, known)).length > 0;
  };
}

const isSame = (keys: readonly string[], others: readonly string[]): boolean =>
  keys.length === others.length && keys.every((key, at) => key === others[at]);

export const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');
