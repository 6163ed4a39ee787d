/** In what a provider (or one of its models) differs from the dialect it speaks. All optional: the vendor's own way is the default. */
export interface Traits {
  /** Request fields it refuses: dropped, and named in the answer's `x-sluice-dropped`. */
  drops?: readonly string[];
  /** Request fields it calls by another name. */
  renames?: Readonly<Record<string, string>>;
  /** What it calls the bound on the answer's tokens, where it knows only one of the two names. */
  maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** It knows no `developer` role: such messages go as `system`. */
  developerAsSystem?: boolean;
  /**
   * Token counts in a stream: told only when asked by `stream_options` (the default), told unasked,
   * or the question itself is refused.
   */
  streamUsage?: 'ask' | 'unasked';
  /** Whether thoughts come back to it with the history (the default) or are refused there. */
  thinkingInHistory?: 'keep' | 'strip';
}
