import type { GatewayError } from '../errors.ts';

/** Whether the caller is still there. A signal alone would do, but a listener on one costs more than all the rest of a host. */
export interface CallerPresence {
  signal: AbortSignal;
  /** Called by the host when the caller has left, the answer was cut, or, with a reason, the request given up; later calls do nothing. */
  leave(reason?: GatewayError): void;
  /** Sets what `leave` calls, once. */
  onLeave(task: () => void): void;
  /** Called by the host when only a write can show whether the caller is still there. */
  doubt(): void;
  /** Sets what `doubt` calls: something that writes, where something may be written now. */
  onDoubt(task: () => void): void;
}

export function callerPresence(): CallerPresence {
  const controller = new AbortController();
  let task: (() => void) | undefined;
  let write: (() => void) | undefined;
  return {
    signal: controller.signal,
    leave(reason) {
      if (controller.signal.aborted) return;
      controller.abort(reason);
      task?.();
    },
    onLeave(given) {
      task = given;
      if (controller.signal.aborted) given();
    },
    doubt: () => write?.(),
    onDoubt(given) {
      write = given;
    },
  };
}
