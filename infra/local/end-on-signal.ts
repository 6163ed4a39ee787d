import type { Twin } from './twin.ts';

/** npm passes on a Ctrl-C that the terminal has sent to both: what comes within this time is the same one. */
const SAME_MS = 300;

/**
 * Ends the process on Ctrl-C (or SIGTERM) after what is under way, and says what it waits for. Asked a second time, it ends at
 * once.
 */
export function endOnSignal(twin: Pick<Twin, 'close' | 'underWay'>): void {
  let askedAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (askedAt === undefined) {
        askedAt = now;
        console.log(ending(twin.underWay()));
        void twin.close().then(() => process.exit(0));
      } else if (now - askedAt > SAME_MS) {
        console.log(`Ended at once; requests that were cut: ${twin.underWay()}`);
        process.exit(130);
      }
    });
  }
}

const ending = (requests: number): string =>
  requests === 0
    ? '\nEnding.'
    : `\nEnding: waiting for ${requests === 1 ? 'one request' : `${requests} requests`}, at most 30 s. Ctrl-C again ends at once.`;
