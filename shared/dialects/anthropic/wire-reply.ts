import * as z from 'zod';
import { text as anyText, count, errorValue } from '../kit/wire.ts';

/**
 * What is read of replies and of a stream's events. Providers of this dialect leave out and misplace much of it, so that all is
 * optional here and the readers look at each value (`Unchecked`); tests hold every recorded reply against it. Apart from the
 * requests, so that no schema is built at start that nothing parses with.
 * @see https://platform.claude.com/docs/en/api/messages
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 */
const replyBlock = z.looseObject({
  type: anyText,
  text: anyText,
  citations: z.array(z.looseObject({})).nullish(),
  thinking: anyText,
  signature: anyText,
  /** Of a `redacted_thinking`. */
  data: anyText,
  id: anyText,
  name: anyText,
  /** An object; some providers send it as text. */
  input: z.union([z.string(), z.looseObject({})]).nullish(),
});

const usage = z.looseObject({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  cache_creation: z.looseObject({ ephemeral_1h_input_tokens: count }).nullish(),
  output_tokens_details: z.looseObject({ thinking_tokens: count }).nullish(),
});

const stopDetails = z.looseObject({ explanation: anyText }).nullish();

/** MiniMax's errors of status 200. */
const baseResponse = z.looseObject({ status_code: count, status_msg: anyText }).nullish();

export const wireReply = z.looseObject({
  type: anyText,
  id: anyText,
  model: anyText,
  content: z.array(replyBlock).nullish(),
  stop_reason: anyText,
  stop_sequence: anyText,
  stop_details: stopDetails,
  usage: usage.nullish(),
  error: errorValue,
  base_resp: baseResponse,
});

const delta = z.looseObject({
  type: anyText,
  /** Of a `text_delta`, a `thinking_delta`, a `signature_delta`, an `input_json_delta` and a `citations_delta`. */
  text: anyText,
  thinking: anyText,
  signature: anyText,
  partial_json: anyText,
  citation: z.looseObject({}).nullish(),
  /** Of a `message_delta`. */
  stop_reason: anyText,
  stop_sequence: anyText,
  stop_details: stopDetails,
});

const message = z.looseObject({ id: anyText, model: anyText, usage: usage.nullish() });

export const wireEvent = z.looseObject({
  type: anyText,
  /** Of the events of a content block. */
  index: z.number().nullish(),
  /** Of a `message_start`; a text in errors of some providers. */
  message: z.union([z.string(), message]).nullish(),
  /** Of a `content_block_start`. */
  content_block: replyBlock.nullish(),
  /** Of a `content_block_delta` and a `message_delta`. */
  delta: delta.nullish(),
  /** Of a `message_delta`. */
  usage: usage.nullish(),
  error: errorValue,
  base_resp: baseResponse,
});

export type WireReply = z.output<typeof wireReply>;
export type WireReplyBlock = z.output<typeof replyBlock>;
export type WireMessageStart = z.output<typeof message>;
export type WireEvent = z.output<typeof wireEvent>;
export type WireDelta = z.output<typeof delta>;
export type WireUsage = z.output<typeof usage>;
