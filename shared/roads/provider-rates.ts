import type { Headers } from '../http/message.ts';

/** What a provider says of its own limits: `x-ratelimit-…` and its like of any vendor. */
const RATE_HEADER = /^[a-z]+-ratelimit-/;
const MARK = 'x-sluice-provider-ratelimit-';

export const ratesIn = (headers: Headers): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => RATE_HEADER.test(name)));

/** The same under names that no client takes for the limits of its own key, or for another vendor's. */
export const marked = (rates: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(rates).map(([name, value]) => [name.replace(RATE_HEADER, MARK), value]));
