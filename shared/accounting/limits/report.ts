import type { Limits } from '../../catalog/rules.ts';
import type { RateLeft, RateReport } from '../../dialects/rates.ts';
import { leftIn, slotsLeft } from './buckets.ts';
import type { ScopeState } from './scopes.ts';

interface Seen {
  limits: Limits;
  state: ScopeState | undefined;
}

/** What remains, of several levels that of the one with least. */
export function reportOf(seen: readonly Seen[], now: number): { report?: RateReport } {
  const requests = least(seen.map(({ limits, state }) => rate(limits.rpm, leftIn('requests', state, limits, now))));
  const tokens = least(seen.map(({ limits, state }) => rate(limits.tpm, leftIn('tokens', state, limits, now))));
  const concurrency = least(
    seen.map(({ limits, state }) => {
      const left = slotsLeft(state, limits, now);
      return left === undefined ? undefined : { limit: limits.concurrency!, remaining: Math.max(0, left), resetMs: 0 };
    }),
  );
  const report = {
    ...(requests ? { requests } : {}),
    ...(tokens ? { tokens } : {}),
    ...(concurrency ? { concurrency } : {}),
  };
  return Object.keys(report).length === 0 ? {} : { report };
}

function rate(limit: number | undefined, left: number | undefined): RateLeft | undefined {
  if (left === undefined) return undefined;
  return {
    limit: limit!,
    remaining: Math.max(0, Math.floor(left)),
    resetMs: Math.ceil(((limit! - left) * 60_000) / limit!),
  };
}

function least(rates: readonly (RateLeft | undefined)[]): RateLeft | undefined {
  // What is undefined is sorted to the end without being compared.
  return rates.toSorted((a, b) => a!.remaining - b!.remaining)[0];
}
