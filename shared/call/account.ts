import type { CatalogProvider, Target } from '../catalog/catalog.ts';
import type { GatewayError } from '../errors.ts';
import type { Attempt, AttemptPurpose, ProviderRates } from './attempt.ts';

/** What one request costs: its attempts from the first byte on, its record after the last, however it ends. */
export interface Account {
  /** Says what is asked, as soon as the request is read so far. `input`: its tokens, roughly, counted only where they are needed. */
  asked(request: { model: string; stream: boolean; bytes: number; input?: () => number }): void;
  /** Begins an attempt: a target is about to be asked. */
  open(target: Target, options?: AttemptOptions): Attempt;
  /** Work that goes on for other requests when this one is over, and opens attempts meanwhile: the record waits for its end. */
  pending(work: Promise<unknown>): void;
  /** What ended the request, before its answer or inside it: the first counts. `status` where the caller sees another. */
  failed(error: GatewayError, status?: number): void;
  /** What is known of its limits by the provider that answered, or whose refusal the caller gets. */
  providerRates(error?: GatewayError): { provider: CatalogProvider; rates: ProviderRates } | undefined;
}

export interface AttemptOptions {
  /** `answer` unless given. */
  purpose?: AttemptPurpose;
  /** Ends the attempt; the call's own signal unless given. */
  signal?: AbortSignal;
  /** Bytes that stand in for the input's tokens where the provider does not count them; the request's unless given. */
  requestBytes?: number;
}
