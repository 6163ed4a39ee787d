import type { Glance } from '../dialect.ts';

/** What the short road between callers and providers of this dialect needs to know of a request. */
export interface GeminiGlance extends Glance {
  /** The stream is to be one JSON list in place of events. */
  isList: boolean;
  /** The model's thinking comes back with the history. */
  hasThinking: boolean;
  /** A signature of another vendor is in it, under our mark, which must not go to a provider of this dialect. */
  hasForeignSignatures: boolean;
  /** A turn of the model begins its calls without a signature: newer models refuse that. */
  hasUnsignedCalls: boolean;
}
