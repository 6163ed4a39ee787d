import { createHash } from 'node:crypto';

export interface Variant {
  /** The caller the description belongs to; empty where callers share descriptions. */
  tenant: string;
  /** The models that are asked, in order. */
  describers: readonly string[];
  promptVersion: string;
  detail: string;
}

/** What a description depends on besides its image: who asked, who describes, how, and in how much detail. SHA-256, hex. */
export function variantDigest({ tenant, describers, promptVersion, detail }: Variant): string {
  return createHash('sha256')
    .update(JSON.stringify([tenant, describers, promptVersion, detail]))
    .digest('hex');
}
