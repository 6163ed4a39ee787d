interface Flight<Answer> {
  answer: Promise<Answer>;
  controller: AbortController;
  waiting: number;
}

export interface SingleFlight<Answer> {
  /** The answer of the call for this key that is under way, or of a new one. */
  ask(key: string, signal: AbortSignal, call: (signal: AbortSignal) => Promise<Answer>): Promise<Answer>;
  /** The answer of the call that is under way; nothing where there is none. */
  join(key: string, signal: AbortSignal): Promise<Answer | undefined>;
}

/**
 * Calls for the same key at the same time are one call: all wait for the first one's answer. A caller whose signal is aborted
 * only stops waiting; when no caller waits any more, the call itself is aborted.
 */
export function createSingleFlight<Answer>(): SingleFlight<Answer> {
  const underWay = new Map<string, Flight<Answer>>();

  function begin(key: string, call: (signal: AbortSignal) => Promise<Answer>): Flight<Answer> {
    const controller = new AbortController();
    const flight: Flight<Answer> = { answer: call(controller.signal), controller, waiting: 0 };
    const land = (): void => {
      if (underWay.get(key) === flight) underWay.delete(key);
    };
    flight.answer.then(land, land);
    underWay.set(key, flight);
    return flight;
  }

  async function wait(key: string, flight: Flight<Answer>, signal: AbortSignal): Promise<Answer> {
    flight.waiting += 1;
    const { promise: left, reject } = Promise.withResolvers<never>();
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave);
    try {
      return await Promise.race([flight.answer, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      flight.waiting -= 1;
      if (flight.waiting === 0 && underWay.get(key) === flight) {
        underWay.delete(key);
        flight.controller.abort(signal.reason);
      }
    }
  }

  return {
    async ask(key, signal, call) {
      signal.throwIfAborted();
      return wait(key, underWay.get(key) ?? begin(key, call), signal);
    },
    async join(key, signal) {
      signal.throwIfAborted();
      const flight = underWay.get(key);
      return flight && wait(key, flight, signal);
    },
  };
}
