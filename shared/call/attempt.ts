import type { Target } from '../catalog/catalog.ts';
import type { ChatEvent } from '../chat/events.ts';
import type { ChatReply } from '../chat/reply.ts';
import type { Usage } from '../chat/usage.ts';
import type { GatewayError } from '../errors.ts';

/** What the tokens of an attempt are for: the caller's answer, or the description of an image. */
export type AttemptPurpose = 'answer' | 'vision';

/** `x-ratelimit-…` and its like of any vendor, as they came. */
export type ProviderRates = Readonly<Record<string, string>>;

/** One target asked once. A call has one or several: retries, fallbacks, descriptions of images. Each is a line in its record. */
export interface Attempt {
  target: Target;
  /** From 1, in the order they were begun. */
  number: number;
  purpose: AttemptPurpose;
  meter: Meter;
  /** Ends the attempt: its provider's total time-out, or what ends the call. Its reason is a `GatewayError`. */
  signal: AbortSignal;
  /** Epoch milliseconds. */
  started: number;
  /** The request was sent twice over kept connections, and the provider may have charged for both. */
  sentTwice(): void;
  /**
   * The whole request was sent and brought neither an answer nor a refusal: the caller left, a time-out, a connection that broke. The
   * provider may have served it all the same, so its input is owed.
   */
  unanswered(): void;
  /** What the provider says of its own limits, by the names of its headers: the last it said counts. */
  heard(rates: ProviderRates): void;
  /** The attempt is over: with an error where it failed. The first end counts. */
  end(error?: GatewayError): void;
}

/** Watches one attempt for what it costs. */
export interface Meter {
  /** The provider has begun to answer: from here on tokens are owed, whatever becomes of them. */
  answered(): void;
  /** The request was sent, and it is not known what became of it: its input is owed. */
  unanswered(): void;
  see(events: readonly ChatEvent[]): void;
  seeReply(reply: ChatReply): void;
  /** Usage that a reply without a conversation reports. A running total, as in a stream. */
  seeUsage(usage: Usage): void;
  /** An event that could not be read, on the short road where it passes all the same. */
  unreadable(): void;
  reading(): Reading;
}

export interface Reading {
  /** Reported by the provider, or estimated from what was seen; absent where it refused, or was never reached. */
  usage: Usage | undefined;
  /** Epoch milliseconds of the first token of the answer. */
  firstTokenAt: number | undefined;
  finish: string | undefined;
  /** The error in the stream, where there was one. */
  error: GatewayError | undefined;
  unreadable: number;
}
