import { constants, type KeyObject, type VerifyKeyObjectInput, verify } from 'node:crypto';

interface Algorithm {
  /** As Node names them; `undefined` where the key itself says it. */
  hash: string | undefined;
  options: Omit<VerifyKeyObjectInput, 'key'>;
  fits: (key: KeyObject) => boolean;
}

/** Below this an RSA key can be broken; above it a signature costs too much to verify. */
const LEAST_BITS = 2048;
const MOST_BITS = 8192;

const isRsa = ({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean => {
  const bits = details?.modulusLength ?? 0;
  return type === 'rsa' && bits >= LEAST_BITS && bits <= MOST_BITS && (details?.publicExponent ?? 0n) < 2n ** 32n;
};

const rsa = (hash: string): Algorithm => ({ hash, options: {}, fits: isRsa });

/** The salt is as long as the hash. @see https://www.rfc-editor.org/rfc/rfc7518#section-3.5 */
const pss = (hash: string): Algorithm => ({
  hash,
  options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  fits: isRsa,
});

const ec = (hash: string, curve: string): Algorithm => ({
  hash,
  options: { dsaEncoding: 'ieee-p1363' },
  fits: ({ asymmetricKeyType, asymmetricKeyDetails }) =>
    asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === curve,
});

const edwards: Algorithm = {
  hash: undefined,
  options: {},
  fits: ({ asymmetricKeyType: type }) => type === 'ed25519' || type === 'ed448',
};

/** By the names of tokens. @see https://www.rfc-editor.org/rfc/rfc7518#section-3.1 */
const algorithms: ReadonlyMap<string, Algorithm> = new Map([
  ['RS256', rsa('sha256')],
  ['RS384', rsa('sha384')],
  ['RS512', rsa('sha512')],
  ['PS256', pss('sha256')],
  ['PS384', pss('sha384')],
  ['PS512', pss('sha512')],
  ['ES256', ec('sha256', 'prime256v1')],
  ['ES384', ec('sha384', 'secp384r1')],
  ['ES512', ec('sha512', 'secp521r1')],
  ['EdDSA', edwards],
]);

/** Whether a key can have made signatures of this algorithm: without that, whoever writes a token chooses how it is verified. */
export const fits = (name: string, key: KeyObject): boolean => algorithms.get(name)?.fits(key) ?? false;

/** Whether a key made this signature. False for an algorithm that is not known or does not fit the key. */
export function isSignedBy(name: string, key: KeyObject, signed: string, signature: Buffer): boolean {
  const algorithm = algorithms.get(name);
  if (!algorithm?.fits(key)) return false;
  return verify(algorithm.hash, Buffer.from(signed), { ...algorithm.options, key }, signature);
}
