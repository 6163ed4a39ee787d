import type { Level, Rates } from '../accounting/limits/rates.ts';
import type { Time } from '../async/time.ts';
import type { ProviderRates } from '../call/attempt.ts';
import type { Caller } from '../call/caller.ts';
import type { CatalogProvider } from '../catalog/catalog.ts';
import type { ClientDialect } from '../dialects/dialect.ts';
import type { RateReport } from '../dialects/rates.ts';
import { marked } from '../upstream/provider-rates.ts';
import { levelsOf } from './admit.ts';

/** What a provider says of its own limits. */
export interface HeardRates {
  provider: Pick<CatalogProvider, 'dialect'>;
  rates: ProviderRates;
}

interface Asking {
  caller: Caller;
  dialect: ClientDialect;
}

/** The levels of a caller that limit it. */
export const limitingLevels = (caller: Caller): Level[] =>
  levelsOf(caller).filter(({ limits }) => Object.values(limits).some((limit) => limit !== undefined));

/**
 * What remains of a caller's own limits, in the words of its vendor. Where the request reserved nothing, as a list or one
 * that was refused before, it is looked up; nothing while the table is away.
 */
export async function ownLimitHeaders(
  { caller, dialect }: Asking,
  report: RateReport | undefined,
  { rates, time }: { rates: Rates; time: Pick<Time, 'now'> },
): Promise<Record<string, string>> {
  const levels = report ? [] : limitingLevels(caller);
  const left = levels.length === 0 ? report : await rates.report(levels);
  return left ? dialect.rateHeaders(left, time.now()) : {};
}

/**
 * A provider's limits as headers: by its own names to a caller without limits who speaks its dialect, since any other would
 * take them for its own.
 */
export function providerRateHeaders(heard: HeardRates | undefined, { caller, dialect }: Asking): ProviderRates {
  if (!heard) return {};
  const isAsItCame = heard.provider.dialect.name === dialect.name && limitingLevels(caller).length === 0;
  return isAsItCame ? heard.rates : marked(heard.rates);
}
