import * as z from 'zod';

/**
 * A legacy completion request as it comes over the wire.
 * @see https://platform.openai.com/docs/api-reference/completions/create
 */
export const wireRequest = z.looseObject({
  model: z.string().min(1, 'it must name a model'),
  prompt: z.union([z.string(), z.array(z.union([z.string(), z.int(), z.array(z.int())]))]).nullish(),
  suffix: z.string().nullish(),
  echo: z.boolean().nullish(),
  best_of: z.int().min(1).max(20).nullish(),
  n: z.int().min(1).max(128).nullish(),
  logprobs: z.int().min(0).max(5).nullish(),
  max_tokens: z.int().min(0).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  user: z.string().nullish(),
});

export type WireRequest = z.infer<typeof wireRequest>;
