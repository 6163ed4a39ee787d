import * as z from 'zod';

/**
 * In what a provider (or one of its models) differs from the dialect it speaks: data of a provider, and of the user's
 * configuration over it. All optional: the vendor's own way is the default.
 */
export const traits = z.strictObject({
  /** Request fields it refuses: dropped, and named in the answer's `x-sluice-dropped`. */
  drops: z.array(z.string()).readonly().optional(),
  /** Request fields it calls by another name. */
  renames: z.record(z.string(), z.string()).optional(),
  /** What it calls the bound on the answer's tokens, where it knows only one of the two names. */
  maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  /** Most tokens it can answer with: asked for where a dialect must say a number, never exceeded. */
  maxOutputTokens: z.int().positive().optional(),
  /** It knows no `developer` role: such messages go as `system`. */
  developerAsSystem: z.boolean().optional(),
  /** Token counts in a stream: told only when asked by `stream_options` (the default), or told unasked and not to be asked. */
  streamUsage: z.enum(['ask', 'unasked']).optional(),
  /** Whether thoughts come back to it with the history (the default) or are refused there. */
  thinkingInHistory: z.enum(['keep', 'strip']).optional(),
});

export type Traits = z.output<typeof traits>;
