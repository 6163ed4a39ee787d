import * as z from 'zod';

/**
 * Traits that several dialects have, each group for the dialects whose code reads it. A dialect spreads the groups it needs
 * into its own `provider/traits.ts`.
 */

export const renaming = {
  /** Request fields it calls by another name: `{ seed: 'random_seed' }`. */
  renames: z.record(z.string(), z.string()).optional(),
};

export const roles = {
  /** It has no `developer` role: such messages are sent as `system`. */
  developerAsSystem: z.boolean().optional(),
};

export const history = {
  /** Whether thinking is sent back to it with the history (`keep`, the default) or left out, since it refuses it (`strip`). */
  thinkingHistory: z.enum(['keep', 'strip']).optional(),
};

export const outputBound = {
  /** Most tokens it can answer with: never exceeded, and asked for where a dialect requires a number. */
  maxOutputTokens: z.int().positive().max(100_000_000).optional(),
};

export const tools = {
  /**
   * Whether it can be made to call a tool (`any`, the default), or takes only `auto` and `none`: then it is sent only the
   * tools that it may call, and a sentence that asks for the call.
   */
  toolChoice: z.enum(['any', 'auto']).optional(),
};

export const hosted = {
  /** Tools that it runs by itself when callers of other dialects ask for one; what its vendor has by default. */
  hostedTools: z
    .array(z.enum(['web-search', 'web-fetch', 'code-execution']))
    .readonly()
    .optional(),
};

export const seeds = {
  /** Largest seed it takes, 1 being the smallest: others are folded into that range. */
  mostSeed: z
    .int()
    .positive()
    .max(2 ** 52)
    .optional(),
};

export const vectors = {
  /** Most inputs of one call for embeddings, where it takes fewer than its dialect allows. */
  embeddingsBatch: z.int().positive().max(100_000).optional(),
};

export const begunAnswers = {
  /** An answer that the caller has begun: the model continues it (`keep`), or a user's turn asks it to (`continue`). */
  prefill: z.enum(['keep', 'continue']).optional(),
};

export const answerSchemas = {
  /** How an answer is held to a JSON schema: by the model's own means, or as the arguments of a tool it must call. */
  answerSchema: z.enum(['native', 'tool']).optional(),
};

export const cacheMarks = {
  /**
   * `cache_control` in texts, results and tools. `keep`: it takes them. `strip`: it refuses them, so they are left out. Unless said,
   * callers' own marks pass with their bytes, and are written anew only where they belong to the dialect.
   */
  cacheMarks: z.enum(['keep', 'strip']).optional(),
};

/** The value where it is one of these. Values of one trait differ by dialect; the catalog gives a target only its dialect's. */
export const oneOf = <Value extends string>(values: readonly Value[], value: string | undefined): Value | undefined =>
  values.find((each) => each === value);
