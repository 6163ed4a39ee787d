import type { Limits } from '../../catalog/rules.ts';
import type { Amounts, Change, ScopeState } from './scopes.ts';

/** What one request wants of a scope. */
export interface Ask {
  /** The id of its lease. */
  id: string;
  tokens: number;
  /** When its lease expires unless it is renewed, epoch milliseconds. */
  until: number;
}

/** Why a request must wait, and for how long. */
export interface Lack {
  what: 'requests' | 'tokens' | 'concurrency';
  waitMs: number;
}

export interface Plan {
  /** Absent where nothing can be taken, unless the time of the last refill is to be set right first. */
  change?: Change;
  taken: readonly Ask[];
  lacking: ReadonlyMap<Ask, Lack>;
}

const MINUTE_MS = 60_000;
/**
 * A refill is written at most so often, unless it is needed: then two processes seldom get into each other's way. What is
 * taken between two refills is bounded by it too.
 */
export const REFILL_MS = 2_000;
/** A request that waits for another one to end asks again after this. */
const SLOT_MS = 1_000;
/** Most expired leases that one write removes. */
const MOST_SWEPT = 20;

const buckets = ['requests', 'tokens'] as const;
const limitOf = { requests: 'rpm', tokens: 'tpm' } as const;

/** The table adds decimals exactly; thousandths keep our sums the same as its own. */
const rounded = (amount: number): number => Math.round(amount * 1000) / 1000;
const roundedDown = (amount: number): number => Math.floor(amount * 1000 + 1e-6) / 1000;

/** What is left in a bucket now. A full minute fills it. */
export function leftIn(
  bucket: (typeof buckets)[number],
  state: ScopeState | undefined,
  limits: Limits,
  now: number,
): number | undefined {
  const limit = limits[limitOf[bucket]];
  if (limit === undefined) return undefined;
  if (state?.[bucket] === undefined || state.refilledAt === undefined) return limit;
  // A clock that was ahead must not stop the refill: no elapsed time is counted below zero.
  const elapsed = Math.max(0, now - state.refilledAt);
  return Math.min(limit, roundedDown(state[bucket] + (elapsed * limit) / MINUTE_MS));
}

const expired = (state: ScopeState | undefined, now: number): [string, number][] =>
  [...(state?.leases ?? new Map<string, number>())].filter(([, until]) => until <= now).slice(0, MOST_SWEPT);

/** Requests that may still begin: expired leases do not count. */
export function slotsLeft(state: ScopeState | undefined, { concurrency }: Limits, now: number): number | undefined {
  if (concurrency === undefined) return undefined;
  return concurrency - (state?.open ?? 0) + expired(state, now).length;
}

/** Which of these requests a scope in this state has room for, and the one write that takes it. */
export function planTake(state: ScopeState | undefined, asks: readonly Ask[], limits: Limits, now: number): Plan {
  const left = {
    requests: leftIn('requests', state, limits, now) ?? Number.POSITIVE_INFINITY,
    tokens: leftIn('tokens', state, limits, now) ?? Number.POSITIVE_INFINITY,
    slots: slotsLeft(state, limits, now) ?? Number.POSITIVE_INFINITY,
  };
  const taken: Ask[] = [];
  const lacking = new Map<Ask, Lack>();
  const need: Required<Amounts> = { requests: 0, tokens: 0 };
  for (const ask of asks) {
    const lack = lackOf(ask, need, left, limits);
    if (lack) {
      lacking.set(ask, lack);
      continue;
    }
    taken.push(ask);
    need.requests += 1;
    need.tokens = rounded(need.tokens + ask.tokens);
    left.slots -= 1;
  }
  if (taken.length === 0) return { ...setBack(state, limits, now), taken, lacking };
  return { change: take(state, taken, need, limits, now), taken, lacking };
}

function lackOf(
  { tokens }: Ask,
  need: Required<Amounts>,
  left: Required<Amounts> & { slots: number },
  { rpm, tpm }: Limits,
): Lack | undefined {
  const requestsMissing = rounded(need.requests + 1 - left.requests);
  if (requestsMissing > 0) return { what: 'requests', waitMs: Math.ceil((requestsMissing * MINUTE_MS) / rpm!) };
  const tokensMissing = rounded(need.tokens + tokens - left.tokens);
  if (tokensMissing > 0) return { what: 'tokens', waitMs: Math.ceil((tokensMissing * MINUTE_MS) / tpm!) };
  return left.slots < 1 ? { what: 'concurrency', waitMs: SLOT_MS } : undefined;
}

function take(
  state: ScopeState | undefined,
  taken: readonly Ask[],
  need: Required<Amounts>,
  limits: Limits,
  now: number,
): Change {
  const begins = { ids: taken.map(({ id }) => id), until: Math.max(...taken.map(({ until }) => until)) };
  const sweeps = new Map(expired(state, now));
  const { concurrency } = limits;
  const slots = concurrency === undefined ? {} : { mostOpen: concurrency - taken.length + sweeps.size };
  const limited = buckets.filter((bucket) => limits[limitOf[bucket]] !== undefined);
  const add: Amounts = {};
  const atLeast: Amounts = {};
  const isRefill = limited.length > 0 && needsRefill(state, need, limits, now);
  for (const bucket of limited) {
    const stored = state?.[bucket];
    // Nothing is set to a value: what others take meanwhile must not be lost.
    const refill = isRefill ? rounded(leftIn(bucket, state, limits, now)! - (stored ?? 0)) : 0;
    add[bucket] = rounded(refill - need[bucket]);
    if (stored !== undefined) atLeast[bucket] = rounded(need[bucket] - refill);
  }
  const refilled = isRefill ? { refilledAt: state?.refilledAt ?? null } : {};
  const absent = limited.filter((bucket) => state?.[bucket] === undefined);
  return {
    add,
    ...(isRefill ? { refilledAt: refillTime(state, now) } : {}),
    begins,
    ...(sweeps.size > 0 ? { sweeps } : {}),
    guard: { ...refilled, atLeast, absent, ...slots },
  };
}

/**
 * The time that a refill is written with. Another process, whose clock is ahead, may have refilled last. To set the time back
 * would give it that time once more, and again with each turn of the two; so the later time stays, unless a clock is so wrong
 * that it is more than a minute ahead.
 */
function refillTime(state: ScopeState | undefined, now: number): number {
  const last = state?.refilledAt ?? now;
  return isFarAhead(last, now) ? now : Math.max(last, now);
}

const isFarAhead = (refilledAt: number, now: number): boolean => refilledAt - now > MINUTE_MS;

/** Where nothing is left, no request would write a refill, and the scope would stay shut until the wrong time has come. */
function setBack(state: ScopeState | undefined, { rpm, tpm }: Limits, now: number): { change?: Change } {
  const refilledAt = state?.refilledAt ?? now;
  if ((rpm ?? tpm) === undefined || !isFarAhead(refilledAt, now)) return {};
  return { change: { add: {}, refilledAt: now, guard: { refilledAt } } };
}

function needsRefill(state: ScopeState | undefined, need: Required<Amounts>, limits: Limits, now: number): boolean {
  if (state?.refilledAt === undefined) return true;
  if (now - state.refilledAt >= REFILL_MS || isFarAhead(state.refilledAt, now)) return true;
  return buckets.some((bucket) => {
    const limit = limits[limitOf[bucket]];
    const stored = state[bucket];
    if (limit === undefined) return false;
    // Above the limit: it was lowered, or tokens were given back to a full bucket. What is too much goes at once.
    return stored === undefined || stored < need[bucket] || stored > limit;
  });
}

/** The write for a scope whose state is not known: done where a refill was not long ago and everything is there. */
export function blindTake(asks: readonly Ask[], limits: Limits, now: number): Change {
  const tokens = rounded(asks.reduce((sum, ask) => sum + ask.tokens, 0));
  const need: Required<Amounts> = { requests: asks.length, tokens };
  const limited = buckets.filter((bucket) => limits[limitOf[bucket]] !== undefined);
  const { concurrency } = limits;
  return {
    add: Object.fromEntries(limited.map((bucket) => [bucket, -need[bucket]])),
    begins: { ids: asks.map(({ id }) => id), until: Math.max(...asks.map(({ until }) => until)) },
    guard: {
      ...(limited.length > 0 ? { refilledAfter: now - REFILL_MS } : {}),
      atLeast: Object.fromEntries(limited.map((bucket) => [bucket, need[bucket]])),
      ...(concurrency === undefined ? {} : { mostOpen: concurrency - asks.length }),
    },
  };
}
