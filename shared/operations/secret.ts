import { crc32 } from 'node:zlib';
import { sha256Of } from '../gateway/master-key.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_BYTES = 32;
/** So many digits of base 62 hold 256 bits, and 32 bits. */
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const HINT_LENGTH = 4;

export const keyPrefix = 'sk-sluice-';
export const adminKeyPrefix = 'sk-sluice-admin-';

export interface Secret {
  text: string;
  /** Hexadecimal. */
  sha256: string;
  hint: string;
}

/**
 * A new secret: a prefix that secret scanners find by, 256 random bits, and a checksum by which a scanner knows it from chance
 * without asking anyone: `sk-sluice-[0-9A-Za-z]{49}`, the last six digits are the CRC-32 of the 43 before them.
 */
export function makeSecret(prefix: string, entropy: (size: number) => Uint8Array): Secret {
  const body = inBase62(BigInt(`0x${Buffer.from(entropy(SECRET_BYTES)).toString('hex')}`), SECRET_LENGTH);
  const text = `${prefix}${body}${inBase62(BigInt(crc32(body)), CHECKSUM_LENGTH)}`;
  return { text, sha256: sha256Of(text), hint: text.slice(-HINT_LENGTH) };
}

function inBase62(number: bigint, length: number): string {
  let text = '';
  for (let rest = number; rest > 0n; rest /= 62n) text = digits[Number(rest % 62n)] + text;
  return text.padStart(length, '0');
}
