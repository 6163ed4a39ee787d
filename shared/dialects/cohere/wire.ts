import * as z from 'zod';
import { count, errorValue, text, toolArguments } from '../kit/wire.ts';

/**
 * What is read of Cohere's replies and of a stream's events. All is optional here and the readers look at each value
 * (`Unchecked`); tests hold every recorded reply against it.
 * @see https://docs.cohere.com/reference/chat
 * @see https://docs.cohere.com/docs/streaming
 */

const content = z.looseObject({ type: text, text, thinking: text });

const toolCall = z.looseObject({
  id: text,
  function: z.looseObject({ name: text, arguments: toolArguments }).nullish(),
});

const citation = z.looseObject({
  type: text,
  start: z.number().nullish(),
  end: z.number().nullish(),
  text,
  content_index: z.number().nullish(),
  sources: z.array(z.looseObject({ id: text })).nullish(),
});

const counts = z.looseObject({ input_tokens: count, output_tokens: count });
const usage = z.looseObject({ tokens: counts.nullish(), billed_units: counts.nullish(), cached_tokens: count });

const logprobs = z.looseObject({ text, logprobs: z.array(z.number().nullable()).nullish() });

const message = z.looseObject({
  content: z.union([z.string(), z.array(content)]).nullish(),
  tool_plan: text,
  tool_calls: z.array(toolCall).nullish(),
  citations: z.array(citation).nullish(),
});

export const wireReply = z.looseObject({
  id: text,
  /** A text is an error of status 200. */
  message: z.union([z.string(), message]).nullish(),
  finish_reason: text,
  usage: usage.nullish(),
  logprobs: z.array(logprobs).nullish(),
});

/** What is documented as one object has come as a list of one. */
const oneOf = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, z.array(schema)]).nullish();

const delta = z.looseObject({
  /** Of all but the last event. */
  message: z
    .looseObject({
      content: z.union([content, z.array(content)]).nullish(),
      tool_plan: text,
      tool_calls: oneOf(toolCall),
      citations: oneOf(citation),
    })
    .nullish(),
  /** Of a `message-end`. */
  finish_reason: text,
  error: errorValue,
  usage: usage.nullish(),
});

export const wireEvent = z.looseObject({
  type: text,
  id: text,
  index: z.number().nullish(),
  delta: delta.nullish(),
  logprobs: oneOf(logprobs),
  /** Of an error. */
  message: text,
});

export type WireReply = z.output<typeof wireReply>;
export type WireMessage = z.output<typeof message>;
export type WireToolCall = z.output<typeof toolCall>;
export type WireCitation = z.output<typeof citation>;
export type WireDelta = z.output<typeof delta>;
export type WireDeltaMessage = NonNullable<WireDelta['message']>;
export type WireEvent = z.output<typeof wireEvent>;
export type WireUsage = z.output<typeof usage>;
