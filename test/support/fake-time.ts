import { LONGEST_MS, sleep, type Time, type Timer } from '../../shared/async/time.ts';

/** A clock that stands still until a test moves it. */
export interface FakeTime extends Time {
  /**
   * Moves the clock on and runs the timers that become due, in the order of their times; those of the same time in the order
   * in which they were started. Promises settle before the first timer and after each one; sockets and files are not waited for.
   */
  advance(ms: number): Promise<void>;
  /** How many timers are still to run. */
  pending(): number;
}

interface Entry {
  at: number;
  run: () => void;
}

/** `Time` for deterministic tests: no real waiting, and the same random numbers for the same seed. */
export function createFakeTime({ now: start = 0, seed = 1 } = {}): FakeTime {
  let current = start;
  // A set lists its entries in the order in which they were added, which decides between timers of the same time.
  const waiting = new Set<Entry>();

  function startTimer(wait: number, task: () => void, repeats: boolean): Timer {
    let isCleared = false;
    const entry: Entry = {
      at: 0,
      run() {
        if (repeats) restart();
        task();
      },
    };
    function restart(): void {
      waiting.delete(entry);
      entry.at = current + wait;
      waiting.add(entry);
    }
    restart();
    return {
      clear() {
        isCleared = true;
        waiting.delete(entry);
      },
      // As in Node: a timer that has run waits again, one that was cleared never does.
      refresh() {
        if (!isCleared) restart();
      },
    };
  }

  function nextDue(until: number): Entry | undefined {
    let next: Entry | undefined;
    for (const entry of waiting) if (entry.at <= until && (!next || entry.at < next.at)) next = entry;
    return next;
  }

  const time: FakeTime = {
    now: () => current,
    sleep: (ms, signal) => sleep(time, ms, signal),
    after: (ms, task) => startTimer(Math.min(LONGEST_MS, Math.max(0, ms)), task, false),
    // At least a millisecond apart, as in Node: the clock would never get past it otherwise.
    every: (ms, task) => startTimer(Math.min(LONGEST_MS, Math.max(1, ms)), task, true),
    random: randomNumbers(seed),
    async advance(ms) {
      const until = current + ms;
      await settle();
      for (let entry = nextDue(until); entry; entry = nextDue(until)) {
        waiting.delete(entry);
        current = entry.at;
        entry.run();
        await settle();
      }
      current = until;
    },
    pending: () => waiting.size,
  };
  return time;
}

/** The event loop reaches its next turn only when no promise is left to settle, however long the chain. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The generator mulberry32: numbers from 0 up to but not including 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
