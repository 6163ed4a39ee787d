import type { Time, Timer } from '../async/time.ts';

/** How long a lease holds unless it is renewed: so long do others wait for a process that crashed. */
export const LEASE_MS = 20_000;
const RENEW_MS = LEASE_MS / 2;
const LOOK_EVERY_MS = 200;

interface Lease<Looked> {
  /** What is there already. */
  look: () => Promise<Looked>;
  /** Whether that is enough, or no lease can be had. */
  isDone: (looked: Looked) => boolean;
  /** True where this process may begin. */
  lease: (looked: Looked, now: number) => Promise<boolean>;
  /** After that it begins without a lease. */
  longestMs: number;
  signal: AbortSignal;
  time: Time;
}

/** Looks until what is wanted is there, or until this process has the lease on making it. */
export async function leaseOr<Looked>({
  look,
  isDone,
  lease,
  longestMs,
  signal,
  time,
}: Lease<Looked>): Promise<Looked> {
  const startedAt = time.now();
  for (;;) {
    const looked = await look();
    if (isDone(looked) || time.now() - startedAt > longestMs) return looked;
    if (await lease(looked, time.now())) return looked;
    await time.sleep(LOOK_EVERY_MS, signal);
  }
}

/** Renews a lease for as long as the work takes; to be cleared when it is done. */
export const keepLease = (renew: (until: number) => Promise<unknown>, time: Time): Timer =>
  time.every(RENEW_MS, () => void renew(time.now() + LEASE_MS));
