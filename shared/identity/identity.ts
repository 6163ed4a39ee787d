import { createHash } from 'node:crypto';
import type { Rules } from '../catalog/rules.ts';

/** Who asks, as somebody else than the gateway says: an issuer of tokens, or IAM. */
export interface Identity {
  /** What it is called in records and limits; never that of a key or another caller. */
  id: string;
  name: string;
  owner: string;
  /** Its groups by their ids here, of which the first that exists is meant. Without any, no group is meant. */
  groups?: readonly string[];
  rules?: Rules;
  /** Epoch seconds. */
  expiresAt?: number;
}

/** Records have room for 256 characters. */
const LONGEST_ID = 250;
const DIGEST = 'sha256:';

/** `<issuer>#<subject>`; of a long subject, its SHA-256. */
export function identityId(issuer: string, subject: string): string {
  const id = `${issuer}#${subject}`;
  // A subject that looks like a digest must not be taken for another one's.
  if (id.length <= LONGEST_ID && !subject.startsWith(DIGEST) && subject.isWellFormed()) return id;
  return `${issuer}#${DIGEST}${createHash('sha256').update(JSON.stringify(subject)).digest('hex')}`;
}
