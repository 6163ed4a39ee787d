import { createHash } from 'node:crypto';

/** What a description is of, and what it depends on besides. Both are SHA-256 in hex. */
export interface ImageKey {
  /** The image's bytes, decoded: however an image is sent, it is the same image. */
  image: string;
  /** Who asked, who describes, how, and in how much detail. */
  variant: string;
}

export interface Variant {
  /** Whose image it is; empty where descriptions are shared between callers. */
  tenant: string;
  /** The models that are asked, in order. */
  delegates: readonly string[];
  promptVersion: string;
  detail: string;
}

export const imageDigest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function variantDigest({ tenant, delegates, promptVersion, detail }: Variant): string {
  return createHash('sha256')
    .update(JSON.stringify([tenant, delegates, promptVersion, detail]))
    .digest('hex');
}
