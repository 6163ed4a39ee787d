import type { Time } from '../async/time.ts';
import type { IssuerConfig } from '../catalog/callers.ts';
import { isJsonObject, tryParseJson } from '../http/json.ts';
import type { Log } from '../log.ts';
import { type IssuerKey, keysFor, readKeySet, writeKeySet } from './key-set.ts';
import { unverifiable } from './refusals.ts';

/** Reads a text from an address that the configuration, or the issuer, names. Its time and its size are bounded. */
export type FetchText = (url: string) => Promise<string>;

/** The keys of issuers beyond this process. Every call fails where the table is away. */
export interface KeySetStore {
  read(issuer: Pick<IssuerConfig, 'issuer' | 'jwksUrl'>): Promise<StoredKeySet | undefined>;
  write(issuer: Pick<IssuerConfig, 'issuer' | 'jwksUrl'>, set: StoredKeySet): Promise<void>;
}

export interface StoredKeySet {
  /** A JSON Web Key Set. */
  text: string;
  /** Epoch milliseconds. */
  fetchedAt: number;
}

export interface IssuerKeys {
  /** The keys that may have signed a token; none where its key is not known. Throws `overloaded` where no keys can be had. */
  find(algorithm: string, keyId: string | undefined): Promise<readonly IssuerKey[]>;
  /** Whether a key is still one of the issuer's. */
  isCurrent(key: IssuerKey): boolean;
  /** Asks for keys that are older than a day again; requests go on with them meanwhile. */
  refreshIfOld(): void;
}

interface Options {
  issuer: IssuerConfig;
  fetchText: FetchText;
  store: KeySetStore;
  log: Pick<Log, 'warn'>;
  time: Pick<Time, 'now'>;
}

/** How long keys are used without asking for them again. */
const FRESH_MS = 24 * 3_600_000;
/** How long they serve on while their issuer cannot be reached: one that was withdrawn must end some day. */
export const LONGEST_MS = 7 * FRESH_MS;
/** An unknown key's id may be a new key: the issuer is asked at most so often, whoever sends how many. */
const ASK_MS = 60_000;
/** The same while there are no keys at all. */
const RETRY_MS = 5_000;

/** The keys of one issuer, in memory over the table. They are asked for when this is made, so that the first request has them. */
export function createIssuerKeys({ issuer, fetchText, store, log, time: { now } }: Options): IssuerKeys {
  let known: { keys: readonly IssuerKey[]; fetchedAt: number } | undefined;
  let asking: Promise<void> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;

  const isYounger = (ms: number): boolean => known !== undefined && now() - known.fetchedAt < ms;
  const isDue = (ms: number): boolean => now() - Math.max(askedAt, known?.fetchedAt ?? askedAt) >= ms;

  /** Asks the table, and the issuer where that is not enough. Requests at the same time share it. Never fails. */
  function ask(isEnough: () => boolean): Promise<void> {
    asking ??= refresh(isEnough).finally(() => {
      asking = undefined;
    });
    return asking;
  }

  async function refresh(isEnough: () => boolean): Promise<void> {
    const about = { issuer: issuer.issuer };
    try {
      const stored = await store.read(issuer);
      // One of a process whose clock is far ahead would look new for ever.
      const isNewer = stored && stored.fetchedAt > (known?.fetchedAt ?? 0) && stored.fetchedAt < now() + ASK_MS;
      if (isNewer) take(readKeySet(stored.text), stored.fetchedAt);
    } catch (cause) {
      log.warn('the keys of an issuer cannot be read from the table', { ...about, cause });
    }
    if (known && isEnough()) return;
    try {
      const keys = readKeySet(await fetchText(issuer.jwksUrl ?? (await discover(issuer.issuer, fetchText))));
      const fetchedAt = now();
      take(keys, fetchedAt);
      // Requests need not wait for this.
      store.write(issuer, { text: writeKeySet(keys), fetchedAt }).catch((cause) => {
        log.warn('the keys of an issuer cannot be stored', { ...about, cause });
      });
    } catch (cause) {
      failure = cause;
      log.warn('the keys of an issuer cannot be fetched', { ...about, cause });
    } finally {
      askedAt = now();
    }
  }

  /** A key that stays is the same object as before. */
  function take(keys: readonly IssuerKey[], fetchedAt: number): void {
    const before = known?.keys ?? [];
    known = { keys: keys.map((key) => before.find(({ text }) => text === key.text) ?? key), fetchedAt };
  }

  async function load(): Promise<void> {
    // Begun while the function started, which may be frozen for long before its first request: then it fails.
    await asking;
    if (!isYounger(LONGEST_MS) && isDue(RETRY_MS)) await ask(() => isYounger(FRESH_MS));
    if (!isYounger(LONGEST_MS)) throw unverifiable(failure);
  }

  function refreshIfOld(): void {
    if (!isYounger(FRESH_MS) && isDue(ASK_MS)) void ask(() => isYounger(FRESH_MS));
  }

  void ask(() => isYounger(FRESH_MS)).then(() => {
    if (!known) askedAt = Number.NEGATIVE_INFINITY;
  });

  return {
    async find(algorithm, keyId) {
      if (!isYounger(LONGEST_MS)) await load();
      else refreshIfOld();
      const find = () => keysFor(known?.keys ?? [], algorithm, keyId);
      const found = find();
      const isKnown = found.length > 0 || known?.keys.some(({ id }) => id === keyId);
      if (isKnown || !isDue(ASK_MS)) return found;
      await ask(() => isYounger(ASK_MS) || find().length > 0);
      return find();
    },
    isCurrent: (key) => isYounger(LONGEST_MS) && known!.keys.includes(key),
    refreshIfOld,
  };
}

/** Where an issuer says that its keys are. @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig */
async function discover(issuer: string, fetchText: FetchText): Promise<string> {
  const document = tryParseJson(await fetchText(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  if (!isJsonObject(document)) throw new Error('its openid-configuration is no JSON object');
  if (document.issuer !== issuer) throw new Error('its openid-configuration is of another issuer');
  if (typeof document.jwks_uri !== 'string') throw new Error('its openid-configuration has no jwks_uri');
  return document.jwks_uri;
}
