import type { Glance } from '../dialect.ts';

/** What the short road and the stream writer of this dialect need to know of a request. */
export interface ChatGlance extends Glance {
  /** The caller wants token counts in the stream. */
  streamUsage: boolean;
  /** How many answers. */
  choices: number;
  /** A message of OpenAI's `developer` role is in it. */
  hasDeveloper: boolean;
  /** The model's thinking comes back with the history. */
  hasThinking: boolean;
  /** Parts or tools ask to be remembered, by Anthropic's `cache_control`. */
  hasCacheMarks: boolean;
}
