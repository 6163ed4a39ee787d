import type { Construct } from 'constructs';
import type { GatewayConfig } from '../../shared/catalog/schema.ts';
import { LiveFunction } from './live-function.ts';

interface AdminProps {
  /** Holds `index.mjs` and all that it reads. */
  folder: string;
  settings: GatewayConfig['aws'];
}

/** Reading and summing records is work for the processor, of which Lambda gives more with more memory. */
const MEMORY_MB = 512;
/** Longer than the longest report may take. */
export const TIMEOUT_SECONDS = 60;

/**
 * The administration: a function with a role and a URL of its own, so that what callers reach can neither make a key nor
 * raise a limit.
 */
export class Admin extends LiveFunction {
  constructor(scope: Construct, id: string, { folder, settings }: AdminProps) {
    const description = 'Sluice: keys, groups, usage';
    super(scope, id, { description, folder, settings, memoryMb: MEMORY_MB, timeoutSeconds: TIMEOUT_SECONDS });
  }
}
