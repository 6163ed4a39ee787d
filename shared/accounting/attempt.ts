import { startDeadline } from '../async/deadline.ts';
import type { Time } from '../async/time.ts';
import type { Attempt, AttemptPurpose, ProviderRates } from '../call/attempt.ts';
import type { Target } from '../catalog/catalog.ts';
import { GatewayError } from '../errors.ts';
import { createMeter } from './meter.ts';

/** An attempt as its account keeps it. */
export interface AttemptState extends Attempt {
  /** Epoch milliseconds; absent while it is under way. */
  readonly endedAt: number | undefined;
  readonly error: GatewayError | undefined;
  readonly isSentTwice: boolean;
  readonly rates: ProviderRates | undefined;
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
}

interface NewAttempt {
  target: Target;
  number: number;
  purpose: AttemptPurpose;
  signal: AbortSignal;
  /** When that signal is aborted at the latest, epoch milliseconds. */
  until: number;
  /** Tokens of its input, roughly: counted only where the provider's own count never comes. */
  estimate: () => number;
}

/** Begins an attempt, bounded by its provider's total time-out. */
export function openAttempt(
  { target, number, purpose, signal: parent, until, estimate }: NewAttempt,
  time: Pick<Time, 'now' | 'after'>,
): AttemptState {
  const { totalMs } = target.provider.timeouts;
  const error = (): GatewayError =>
    new GatewayError('timeout', `The answer was not finished within ${totalMs / 1000} s.`);
  const started = time.now();
  // Most often the call ends first: then its signal serves, and no timer is needed.
  const deadline = started + totalMs < until ? startDeadline({ parent, ms: totalMs, error }, time) : undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  const meter = createMeter(estimate, time);
  // No getters: an object literal with accessors has a hidden class of its own, and the collector pays for each.
  const attempt: Writable<AttemptState> = {
    target,
    number,
    purpose,
    meter,
    signal: deadline?.signal ?? parent,
    started,
    endedAt: undefined,
    error: undefined,
    isSentTwice: false,
    rates: undefined,
    ended: promise,
    sentTwice() {
      attempt.isSentTwice = true;
    },
    unanswered() {
      meter.unanswered();
    },
    heard(rates) {
      attempt.rates = rates;
    },
    end(thrown) {
      if (attempt.endedAt !== undefined) return;
      attempt.endedAt = time.now();
      attempt.error = thrown ?? meter.reading().error ?? reasonOf(parent);
      deadline?.clear();
      resolve();
    },
  };
  return attempt;
}

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

/** What ended the call meanwhile: a stream that is let go early ends without an error of its own. */
function reasonOf({ aborted, reason }: AbortSignal): GatewayError | undefined {
  return aborted && reason instanceof GatewayError ? reason : undefined;
}
