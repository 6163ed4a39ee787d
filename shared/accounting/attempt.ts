import { startDeadline } from '../async/deadline.ts';
import type { Time } from '../async/time.ts';
import type { Attempt, AttemptPurpose } from '../call/attempt.ts';
import type { Target } from '../catalog/catalog.ts';
import { GatewayError } from '../errors.ts';
import { createMeter } from './meter.ts';

/** An attempt as its account keeps it. */
export interface AttemptState extends Attempt {
  /** Epoch milliseconds; absent while it is under way. */
  readonly endedAt: number | undefined;
  readonly error: GatewayError | undefined;
  readonly isSentTwice: boolean;
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
  requestBytes: number;
}

/** Begins an attempt, bounded by its provider's total time-out. */
export function openAttempt(
  { target, number, purpose, signal: parent, until, requestBytes }: NewAttempt,
  time: Pick<Time, 'now' | 'after'>,
): AttemptState {
  const { totalMs } = target.provider.timeouts;
  const error = (): GatewayError =>
    new GatewayError('timeout', `The answer was not finished within ${totalMs / 1000} s.`);
  const started = time.now();
  // Most often the call ends first: then its signal serves, and no timer is needed.
  const deadline = started + totalMs < until ? startDeadline({ parent, ms: totalMs, error }, time) : undefined;
  const { promise, resolve } = Promise.withResolvers<void>();
  const meter = createMeter(requestBytes, time);
  const state = {
    endedAt: undefined as number | undefined,
    error: undefined as GatewayError | undefined,
    isSentTwice: false,
  };
  return {
    target,
    number,
    purpose,
    meter,
    signal: deadline?.signal ?? parent,
    started,
    get endedAt() {
      return state.endedAt;
    },
    get error() {
      return state.error;
    },
    get isSentTwice() {
      return state.isSentTwice;
    },
    ended: promise,
    sentTwice() {
      state.isSentTwice = true;
    },
    end(thrown) {
      if (state.endedAt !== undefined) return;
      state.endedAt = time.now();
      state.error = thrown ?? meter.reading().error ?? reasonOf(parent);
      deadline?.clear();
      resolve();
    },
  };
}

/** What ended the call meanwhile: a stream that is let go early ends without an error of its own. */
function reasonOf({ aborted, reason }: AbortSignal): GatewayError | undefined {
  return aborted && reason instanceof GatewayError ? reason : undefined;
}
