/** Clock, timers and chance as a port: all waiting in `shared/` goes through it, so that a simulation can own it. */
export interface Time {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after so many milliseconds; fails with the signal's reason where the signal is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls once after so many milliseconds. The timer must be cleared when it is no longer needed. */
  after(ms: number, task: () => void): Timer;
  /** Calls again and again, so many milliseconds apart. */
  every(ms: number, task: () => void): Timer;
  /** A number from 0 up to but not including 1. */
  random(): number;
}

export interface Timer {
  clear(): void;
  /** Starts its wait again from now. */
  refresh(): void;
}

/** Longest wait of a timer: with more, Node calls back at once instead. */
export const LONGEST_MS = 2 ** 31 - 1;

const bounded = (ms: number): number => Math.min(LONGEST_MS, Math.max(0, ms));

/** The machine's own clock and timers. */
export const systemTime: Time = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(systemTime, ms, signal),
  after: (ms, task) => new SystemTimer(setTimeout(task, bounded(ms))),
  every: (ms, task) => new SystemTimer(setInterval(task, bounded(ms))),
  random: () => Math.random(),
};

/** A class, since every request starts several: two closures for each cost more than the timer. */
class SystemTimer implements Timer {
  readonly #timer: NodeJS.Timeout;

  constructor(timer: NodeJS.Timeout) {
    this.#timer = timer;
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  refresh(): void {
    this.#timer.refresh();
  }
}

/** How long work may go on before what else is waiting has its turn. */
const TURN_MS = 20;
let turnedAt = 0;

/**
 * Lets the event loop do what else is waiting, timers and other requests, where the last such turn is long ago; undefined
 * where it is not. No wait, and so no part of the port. Not at every call: what is held over a turn is collected late.
 */
export function turn(): Promise<void> | undefined {
  // A clock that was set back must not put the next turn off.
  if (Math.abs(Date.now() - turnedAt) < TURN_MS) return undefined;
  return new Promise((resolve) => {
    setImmediate(() => {
      turnedAt = Date.now();
      resolve();
    });
  });
}

/** `Time.sleep` made of `Time.after`, for every implementation of the port. */
export function sleep({ after }: Pick<Time, 'after'>, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const leave = (): void => {
      timer.clear();
      reject(signal!.reason);
    };
    const timer = after(ms, () => {
      signal?.removeEventListener('abort', leave);
      resolve();
    });
    signal?.addEventListener('abort', leave, { once: true });
  });
}
