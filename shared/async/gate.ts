/** Lets only so many works run at a time; others wait for their turn, in the order they came. */
export interface Gate {
  /** What the work gives. Fails with the signal's reason where that is aborted before the work has begun. */
  pass<Answer>(work: () => Promise<Answer>, signal?: AbortSignal): Promise<Answer>;
}

export function createGate(atOnce: number): Gate {
  const waiting = new Set<() => void>();
  let running = 0;

  function enter(signal: AbortSignal | undefined): Promise<void> | undefined {
    signal?.throwIfAborted();
    if (running < atOnce) {
      running += 1;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = (): void => {
        waiting.delete(begin);
        reject(signal!.reason);
      };
      waiting.add(begin);
      signal?.addEventListener('abort', giveUp);
    });
  }

  /** The place goes to the next one, or becomes free. */
  function leave(): void {
    const [next] = waiting;
    if (next) {
      waiting.delete(next);
      next();
    } else running -= 1;
  }

  return {
    async pass(work, signal) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
