import * as z from 'zod';
import { text as anyText, count, errorValue, toolArguments } from '../kit/wire.ts';

/**
 * What is read of replies and of a stream's chunks. Providers leave out and misplace much of it, so that all is optional here and
 * the readers look at each value (`Unchecked`); tests hold every recorded reply against it. Apart from the
 * requests, so that no schema is built at start that nothing parses with.
 * @see https://platform.openai.com/docs/api-reference/chat/object
 * @see https://platform.openai.com/docs/api-reference/chat/streaming
 */
const toolDelta = z.looseObject({
  index: z.number().nullish(),
  id: anyText,
  function: z.looseObject({ name: anyText, arguments: toolArguments }).nullish(),
  custom: z.looseObject({ name: anyText, input: toolArguments }).nullish(),
  extra_content: z.looseObject({}).nullish(),
});

/** A part of Mistral's lists. */
const contentPart = z.looseObject({
  type: anyText,
  text: anyText,
  thinking: z.union([z.string(), z.array(z.looseObject({ text: anyText }))]).nullish(),
});

const delta = z.looseObject({
  content: z.union([z.string(), z.array(contentPart)]).nullish(),
  refusal: anyText,
  reasoning_content: anyText,
  reasoning: anyText,
  tool_calls: z.array(toolDelta).nullish(),
  function_call: z.looseObject({ name: anyText, arguments: toolArguments }).nullish(),
  annotations: z.array(z.looseObject({ url_citation: z.looseObject({}).nullish() })).nullish(),
});

const usage = z.looseObject({
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: z
    .looseObject({ cached_tokens: count, cache_write_tokens: count, audio_tokens: count })
    .nullish(),
  completion_tokens_details: z.looseObject({ reasoning_tokens: count, audio_tokens: count }).nullish(),
  /** DeepSeek's. */
  prompt_cache_hit_tokens: count,
  /** Moonshot's. */
  cached_tokens: count,
});

const choice = z.looseObject({
  index: z.number().nullish(),
  /** In a chunk. */
  delta: delta.nullish(),
  /** In a reply, and in the chunks of some providers. */
  message: delta.nullish(),
  finish_reason: anyText,
  logprobs: z.unknown().optional(),
  usage: usage.nullish(),
});

/** A whole reply, or a chunk of a stream. */
export const wireReply = z.looseObject({
  id: anyText,
  model: anyText,
  created: z.number().nullish(),
  choices: z.array(choice).nullish(),
  usage: usage.nullish(),
  service_tier: z.unknown().optional(),
  system_fingerprint: z.unknown().optional(),
  x_groq: z.looseObject({ usage: usage.nullish() }).nullish(),
  /** OpenRouter's errors of status 200. */
  error: errorValue,
  /** MiniMax's. */
  base_resp: z.looseObject({ status_code: count, status_msg: anyText }).nullish(),
  /** Qianfan's. */
  error_code: z.number().nullish(),
  error_msg: anyText,
});

export type WireReply = z.output<typeof wireReply>;
export type WireChoice = z.output<typeof choice>;
export type WireDelta = z.output<typeof delta>;
export type WireToolDelta = z.output<typeof toolDelta>;
export type WireUsage = z.output<typeof usage>;
