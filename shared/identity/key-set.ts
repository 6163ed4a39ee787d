import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isJsonObject, type JsonObject, tryParseJson } from '../http/json.ts';
import { fits } from './signature.ts';

/** A public key of an issuer. */
export interface IssuerKey {
  id: string | undefined;
  /** The one algorithm that it is for, where its issuer says so. */
  algorithm: string | undefined;
  key: KeyObject;
  /** The same text for the same key. */
  text: string;
}

const MOST_KEYS = 100;

/**
 * The keys of a JSON Web Key Set that signatures can be verified with; others are left out. Throws with words for the log
 * where it is none. @see https://www.rfc-editor.org/rfc/rfc7517
 */
export function readKeySet(text: string): IssuerKey[] {
  const set = tryParseJson(text);
  if (!isJsonObject(set) || !Array.isArray(set.keys)) throw new Error('it is no JSON Web Key Set');
  if (set.keys.length > MOST_KEYS) throw new Error(`it has more than ${MOST_KEYS} keys`);
  const keys = set.keys.flatMap((jwk) => readKey(jwk) ?? []);
  if (keys.length === 0) throw new Error('it has no key that signatures can be verified with');
  return keys;
}

/** As a set again, without what is not needed: certificates are most of what issuers send. */
export const writeKeySet = (keys: readonly IssuerKey[]): string =>
  `{"keys":[${keys.map(({ text }) => text).join(',')}]}`;

/** The keys that may have signed a token; of one without a key's id, only where there is no choice. */
export function keysFor(keys: readonly IssuerKey[], algorithm: string, id: string | undefined): IssuerKey[] {
  const fitting = keys.filter((own) => (own.algorithm ?? algorithm) === algorithm && fits(algorithm, own.key));
  if (id !== undefined) return fitting.filter((own) => own.id === id).slice(0, MOST_OF_ONE_ID);
  return fitting.length === 1 ? fitting : [];
}

const MOST_OF_ONE_ID = 3;

/** What makes a public key, by its type: never the private part, should an issuer send it. */
const members: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
};

function readKey(jwk: unknown): IssuerKey | undefined {
  if (!isJsonObject(jwk) || !isForSignatures(jwk)) return undefined;
  const { kty, kid, alg } = jwk;
  const names = typeof kty === 'string' && Object.hasOwn(members, kty) ? members[kty]! : undefined;
  if (!names || (kid !== undefined && typeof kid !== 'string') || (alg !== undefined && typeof alg !== 'string'))
    return undefined;
  const material = Object.fromEntries(names.map((name) => [name, jwk[name]]));
  try {
    const key = createPublicKey({ key: { kty, ...material } as JsonWebKey, format: 'jwk' });
    const text = JSON.stringify({ kty, kid, alg, ...material });
    return { id: kid, algorithm: alg, key, text };
  } catch {
    // A key that cannot be read, perhaps of a curve that is not known here: the others can be used.
    return undefined;
  }
}

const isForSignatures = ({ use, key_ops: operations }: JsonObject): boolean =>
  (use === undefined || use === 'sig') &&
  (operations === undefined || (Array.isArray(operations) && operations.includes('verify')));
