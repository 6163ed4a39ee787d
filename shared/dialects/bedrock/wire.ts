import * as z from 'zod';
import { count, text } from '../kit/wire.ts';

/**
 * What is read of Converse's replies and of the payloads of ConverseStream. All is optional here and the readers look at each
 * value (`Unchecked`); tests hold every recorded reply against it.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
 */

const image = z.looseObject({ format: text, source: z.looseObject({ bytes: text }).nullish() });
const citation = z.looseObject({
  title: text,
  location: z.looseObject({ web: z.looseObject({ url: text }).nullish() }).nullish(),
});

const block = z.looseObject({
  text,
  toolUse: z.looseObject({ toolUseId: text, name: text, type: text, input: z.unknown().optional() }).nullish(),
  reasoningContent: z
    .looseObject({ reasoningText: z.looseObject({ text, signature: text }).nullish(), redactedContent: text })
    .nullish(),
  citationsContent: z
    .looseObject({ content: z.array(z.looseObject({ text })).nullish(), citations: z.array(citation).nullish() })
    .nullish(),
  image: image.nullish(),
});

const usage = z.looseObject({
  inputTokens: count,
  outputTokens: count,
  cacheReadInputTokens: count,
  cacheWriteInputTokens: count,
  cacheDetails: z.array(z.looseObject({ ttl: text, inputTokens: count })).nullish(),
});

/** Fields of the model's own: Claude says here which stop sequence it met. */
const additional = z.looseObject({ stop_sequence: text }).nullish();

export const wireReply = z.looseObject({
  output: z.looseObject({ message: z.looseObject({ content: z.array(block).nullish() }).nullish() }).nullish(),
  stopReason: text,
  additionalModelResponseFields: additional,
  serviceTier: z.looseObject({ type: text }).nullish(),
  usage: usage.nullish(),
  /** An error of status 200, at the top or under `Output`. */
  __type: text,
  message: text,
  Output: z.looseObject({ __type: text, message: text }).nullish(),
});

const thinkingDelta = z.looseObject({ text, signature: text, redactedContent: text });

const delta = z.looseObject({
  text,
  toolUse: z.looseObject({ input: z.union([z.string(), z.looseObject({})]).nullish() }).nullish(),
  reasoningContent: thinkingDelta.nullish(),
  citation: citation.nullish(),
  image: image.nullish(),
});

/** The payload of an event; which event it is, a header of its frame says. */
export const wireEvent = z.looseObject({
  contentBlockIndex: z.number().nullish(),
  /** Of a `contentBlockStart`. */
  start: z
    .looseObject({
      toolUse: z.looseObject({ toolUseId: text, name: text, type: text }).nullish(),
      image: image.nullish(),
    })
    .nullish(),
  /** Of a `contentBlockDelta`. */
  delta: delta.nullish(),
  /** Of a `messageStop`. */
  stopReason: text,
  additionalModelResponseFields: additional,
  /** Of a `metadata`. */
  usage: usage.nullish(),
});

export type WireReply = z.output<typeof wireReply>;
export type WireBlock = z.output<typeof block>;
export type WireEvent = z.output<typeof wireEvent>;
export type WireThinkingDelta = z.output<typeof thinkingDelta>;
export type WireUsage = z.output<typeof usage>;
