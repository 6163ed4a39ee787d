/** What is stored of a scope (a key, a group, the organisation): its buckets, and the requests under way. */
export interface ScopeState {
  /** What was left in each bucket at `refilledAt`; absent until the bucket is first used. May be below zero. */
  requests: number | undefined;
  tokens: number | undefined;
  /** Epoch milliseconds. */
  refilledAt: number | undefined;
  /** How many leases there are, expired ones included. */
  open: number;
  /** When each lease expires, epoch milliseconds, by its id. */
  leases: ReadonlyMap<string, number>;
}

export interface Amounts {
  requests?: number;
  tokens?: number;
}

/** One write: all of it is done, or nothing. */
export interface Change {
  /** Added to what is left; below zero it is taken. A bucket that is not there begins at zero. */
  add: Amounts;
  refilledAt?: number;
  /** Leases that begin. Done only where none of them is there yet: so a write that is sent twice is done once. */
  begins?: { ids: readonly string[]; until: number };
  /** Done only where the lease is there. */
  renews?: { id: string; until: number };
  /** Leases that end; done only where all of them are there. */
  ends?: readonly string[];
  /** Leases whose holders are gone; done only where each still expires at this time. */
  sweeps?: ReadonlyMap<string, number>;
  guard?: Guard;
}

/** What must hold for a change to be done. */
export interface Guard {
  /** The last refill was at exactly this time; `null`: there was none. */
  refilledAt?: number | null;
  refilledAfter?: number;
  atLeast?: Amounts;
  /** Buckets that must not be there yet. */
  absent?: readonly (keyof Amounts)[];
  mostOpen?: number;
}

/** A change that was done, with the state after it; or not done, with the state that was in its way where that is known. */
export type Changed = { done: true; state: ScopeState } | { done: false; state?: ScopeState };

/** The table refuses a change for what is in it, and would refuse it again: nothing is wrong with the table. */
export class RefusedChange extends Error {
  override readonly name = 'RefusedChange';
}

/** The table of scopes. No call tries again by itself: a change says how it is sent twice safely. */
export interface Scopes {
  /** As it is now, not as it was some time ago; nothing where the scope was never used. */
  read(id: string): Promise<ScopeState | undefined>;
  /** Fails with `RefusedChange` where the change itself is wrong. */
  change(id: string, change: Change): Promise<Changed>;
}
