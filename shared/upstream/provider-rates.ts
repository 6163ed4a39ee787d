import type { Headers } from '../http/message.ts';

/** What a provider says of its own limits: `x-ratelimit-…` and its like of any vendor. */
const RATE_HEADER = /^[a-z]+-ratelimit-/;
const MARK = 'x-sluice-provider-ratelimit-';

export function ratesIn(headers: Headers): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  // Most answers have none: nothing is made for them.
  for (const name of Object.keys(headers)) {
    if (!name.includes('-ratelimit-') || !RATE_HEADER.test(name)) continue;
    found ??= {};
    found[name] = headers[name]!;
  }
  return found;
}

/** The same under names that no client takes for the limits of its own key, or for another vendor's. */
export const marked = (rates: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(rates).map(([name, value]) => [name.replace(RATE_HEADER, MARK), value]));
