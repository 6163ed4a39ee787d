import { createLru } from '../async/lru.ts';
import type { Time } from '../async/time.ts';
import type { IssuerConfig } from '../catalog/callers.ts';
import type { Log } from '../log.ts';
import { checkClaims, identityOf } from './claims.ts';
import type { Identity } from './identity.ts';
import { createIssuerKeys, type FetchText, type IssuerKeys, type KeySetStore } from './issuer-keys.ts';
import type { IssuerKey } from './key-set.ts';
import { wrongToken } from './refusals.ts';
import { isSignedBy } from './signature.ts';
import { readToken } from './token.ts';

/** Tokens of the issuers that the configuration names. */
export interface Tokens {
  /**
   * Who a token is of. `digest` is its SHA-256 (hex), by which one that was verified is remembered. Throws `unauthenticated`,
   * `forbidden`, or `overloaded` where its issuer's keys cannot be had.
   */
  verify(token: string, digest: string): Promise<Identity>;
}

interface Options {
  issuers: readonly IssuerConfig[];
  fetchText: FetchText;
  store: KeySetStore;
  log: Pick<Log, 'warn'>;
  time: Pick<Time, 'now'>;
}

interface Issuer {
  config: IssuerConfig;
  keys: IssuerKeys;
}

/** To verify a signature takes as long as much of the rest of a request: who was verified is remembered until the token expires. */
interface Verified {
  identity: Identity;
  issuer: Issuer;
  key: IssuerKey;
}

const MOST_TOKENS = 10_000;
const MOST_BYTES = 8_000_000;

export function createTokens({ issuers, fetchText, store, log, time }: Options): Tokens {
  const byName = new Map<unknown, Issuer>(
    issuers.map((config) => [
      config.issuer,
      { config, keys: createIssuerKeys({ issuer: config, fetchText, store, log, time }) },
    ]),
  );
  const verified = createLru<Verified>({ maxEntries: MOST_TOKENS, maxBytes: MOST_BYTES, time });

  return {
    async verify(text, digest) {
      const before = verified.get(digest);
      // A key that its issuer has withdrawn ends the tokens that it signed.
      if (before?.issuer.keys.isCurrent(before.key)) {
        // Keys grow old though every token is remembered.
        before.issuer.keys.refreshIfOld();
        return before.identity;
      }
      const token = readToken(text);
      const { algorithm, keyId, claims, signed, signature } = token;
      const issuer = byName.get(claims.iss);
      if (!issuer) throw wrongToken('The token is of an issuer that is not accepted here.');
      const { config, keys } = issuer;
      if (!config.algorithms.some((accepted) => accepted === algorithm))
        throw wrongToken('The token is signed in a way that is not accepted here.');
      checkClaims(claims, config, time.now());
      const candidates = await keys.find(algorithm, keyId);
      if (candidates.length === 0) throw wrongToken('The token is signed with a key that its issuer does not have.');
      const key = candidates.find((own) => isSignedBy(algorithm, own.key, signed, signature));
      if (!key) throw wrongToken("The token's signature is wrong.");
      const identity = identityOf(claims, config);
      const until = ((claims.exp as number) + config.leewaySeconds) * 1000;
      verified.set(digest, { identity, issuer, key }, { bytes: bytesOf(identity), until });
      return identity;
    },
  };
}

/** Roughly, its digest and the entry included. */
const bytesOf = (identity: Identity): number => 600 + 2 * JSON.stringify(identity).length;
