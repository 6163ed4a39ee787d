import * as z from 'zod';
import { text as anyText, count, errorValue, toolArguments } from '../kit/wire.ts';

/**
 * What is read of responses and of a stream's events. All is optional here and the readers look at each value (`Unchecked`);
 * tests hold every recorded response against it. Apart from
 * the requests, so that no schema is built at start that nothing parses with.
 * @see https://platform.openai.com/docs/api-reference/responses/object
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
const textPiece = z.looseObject({ text: anyText });

const outputPart = z.looseObject({
  type: anyText,
  text: anyText,
  refusal: anyText,
  annotations: z.array(z.looseObject({})).nullish(),
  logprobs: z.array(z.unknown()).nullish(),
  /** Ours. */
  signature: z.looseObject({ issuer: anyText, value: anyText }).nullish(),
});

const outputItem = z.looseObject({
  type: anyText,
  id: anyText,
  /** Of a `message`. */
  role: anyText,
  /** Of a `message`: its parts; of a `reasoning`: the model's own text. */
  content: z.array(outputPart).nullish(),
  summary: z.array(textPiece).nullish(),
  encrypted_content: anyText,
  /** Of calls. */
  call_id: anyText,
  name: anyText,
  arguments: toolArguments,
  input: anyText,
  signature: z.looseObject({ issuer: anyText, value: anyText }).nullish(),
  /** Of an `image_generation_call`; other items have results of other kinds. */
  result: z.unknown().optional(),
  output_format: anyText,
});

const usage = z.looseObject({
  input_tokens: count,
  output_tokens: count,
  prompt_tokens: count,
  completion_tokens: count,
  input_tokens_details: z.looseObject({ cached_tokens: count, cache_write_tokens: count }).nullish(),
  output_tokens_details: z.looseObject({ reasoning_tokens: count }).nullish(),
});

export const wireResponse = z.looseObject({
  id: anyText,
  model: anyText,
  created_at: z.number().nullish(),
  status: anyText,
  service_tier: anyText,
  output: z.array(outputItem).nullish(),
  incomplete_details: z.looseObject({ reason: anyText }).nullish(),
  usage: usage.nullish(),
  error: errorValue,
});

export const wireEvent = z.looseObject({
  type: anyText,
  /** Of `response.created`, and of the last event. */
  response: wireResponse.nullish(),
  /** Of `response.output_item.added` and `.done`. */
  item: outputItem.nullish(),
  item_id: anyText,
  output_index: z.number().nullish(),
  summary_index: z.number().nullish(),
  content_index: z.number().nullish(),
  delta: anyText,
  annotation: z.looseObject({}).nullish(),
  logprobs: z.array(z.unknown()).nullish(),
  error: errorValue,
});

export type WireResponse = z.output<typeof wireResponse>;
export type WireOutputItem = z.output<typeof outputItem>;
export type WireOutputPart = z.output<typeof outputPart>;
export type WireEvent = z.output<typeof wireEvent>;
export type WireUsage = z.output<typeof usage>;
