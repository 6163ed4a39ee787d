import { GatewayError } from '../errors.ts';
import type { Run } from '../http/message.ts';

/** Time kept back before the host stops us: for the error event and the usage record. */
const MARGIN_MS = 3_000;

export interface Deadline {
  /** Aborted at the deadline or when the caller leaves; the reason is a `GatewayError`. */
  signal: AbortSignal;
  /** Must be called when the run is over: on Lambda a timer left would fire in a later one. */
  clear(): void;
}

/** One signal for all that can end a request from our side. */
export function startDeadline(run: Run, totalMs: number, now: number): Deadline {
  const controller = new AbortController();
  const ms = Math.max(0, Math.min(totalMs, run.deadline - MARGIN_MS - now));
  const timer = setTimeout(() => {
    controller.abort(new GatewayError('timeout', `The answer was not finished within ${Math.round(ms / 1000)} s.`));
  }, ms);
  const onLeft = (): void =>
    controller.abort(new GatewayError('caller_left', 'The caller left before the answer was finished.'));
  if (run.signal.aborted) onLeft();
  run.signal.addEventListener('abort', onLeft, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      run.signal.removeEventListener('abort', onLeft);
    },
  };
}
