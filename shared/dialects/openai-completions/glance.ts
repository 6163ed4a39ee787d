import type { Glance } from '../dialect.ts';

/** What the stream writer of this dialect needs to know of a request. */
export interface CompletionsGlance extends Glance {
  /** The caller wants token counts in the stream. */
  streamUsage: boolean;
}
