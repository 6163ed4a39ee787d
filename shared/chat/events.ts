import type { GatewayError } from '../errors.ts';
import type { Citation, Signature, Source } from './request.ts';
import type { Usage } from './usage.ts';

/**
 * What every provider's stream is read into. Parts follow one another; text, refusals and thinking join the open part of
 * their kind, a `part-end` or an event of another kind closes it. `choice` is 0 unless several answers were asked for.
 * A stream is well-formed when it has one `start`, one `finish` a choice, and ends after it or with an `error`.
 */
export type ChatEvent =
  | { type: 'start'; id: string; model: string; created?: number; native?: Record<string, unknown> }
  | { type: 'text'; text: string; choice?: number; signature?: Signature }
  | { type: 'refusal'; text: string; choice?: number }
  | { type: 'thinking'; text: string; choice?: number; redacted?: boolean }
  /** The signature of the thinking before it, which may be empty; closes that part. */
  | { type: 'signature'; signature: Signature; choice?: number }
  /** A call begins; its name is known. `index` counts the calls of a choice from 0. */
  | ToolCallEvent
  | { type: 'tool-arguments'; index: number; text: string; choice?: number }
  | { type: 'citation'; citation: Citation; choice?: number }
  /** A search that the provider has run. */
  | { type: 'hosted-call'; id: string; queries: string[]; sources: Source[]; choice?: number }
  /** An image or a sound that the model made. */
  | { type: 'media'; media: 'image' | 'audio'; mediaType: string; data: string; choice?: number }
  | { type: 'logprobs'; logprobs: unknown; choice?: number }
  | { type: 'part-end'; choice?: number }
  /** The running total; overwrites the one before. */
  | { type: 'usage'; usage: Usage }
  | { type: 'finish'; reason: FinishReason; stopSequence?: string; choice?: number }
  | { type: 'error'; error: GatewayError };

export interface ToolCallEvent {
  type: 'tool-call';
  index: number;
  id: string;
  name: string;
  kind?: 'custom';
  signature?: Signature;
  choice?: number;
  /** The deprecated shape of OpenAI's first tool calls. */
  legacy?: boolean;
}

/** `refused` covers content filters too, `paused` a provider that wants to go on, `context` a full context window. */
export type FinishReason = 'stop' | 'stop-sequence' | 'length' | 'context' | 'tool-calls' | 'refused' | 'paused';
