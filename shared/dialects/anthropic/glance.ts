import type { Glance } from '../dialect.ts';

/** What the short road between callers and providers of this dialect needs to know of a request. */
export interface AnthropicGlance extends Glance {
  /** The model's thinking comes back with the history. */
  hasThinking: boolean;
  /** A signature of another dialect's vendor, or a search that it ran, is in it, which must not go to a provider of this one. */
  hasForeignSignatures: boolean;
  /** Thinking without a signature is in it. */
  hasUnsignedThinking: boolean;
  /** Instructions stand inside the conversation, as a turn of their own. */
  hasSystemTurns: boolean;
  /** Its vendor's search among deferred tools is offered, or found tools before. */
  hasToolSearch: boolean;
  /** Something in it asks to be remembered. */
  hasCacheMarks: boolean;
}
