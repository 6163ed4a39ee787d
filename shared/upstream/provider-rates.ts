import type { Headers } from '../http/message.ts';

/**
 * What a provider says of its own limits: `x-ratelimit-…` and its like of any vendor. Names and values are the provider's words, and
 * it knows the gateway's key: only forms that such headers have are passed, in which no vendor's key fits.
 */
const RATE_HEADER = /^[a-z]+-ratelimit-/;
const NAME = /^[a-z]{1,16}-ratelimit(?:-\d{0,2}[a-z]+(?:_[a-z]+)*){1,6}$/;
const MOST_NAME = 64;
/** The most that a vendor is known to send are some thirty. */
const MOST_HEADERS = 40;
const MOST_VALUE = 100;

/** `100` or `0.35`, `6m0s`, a time of ISO 8601. */
const ITEM =
  /-?\d{1,16}(?:\.\d{1,16})?|(?:\d{1,9}(?:\.\d{1,9})?(?:ms|[smhd]))+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)/;
/** `100;w=60`. */
const MEMBER = `(?:${ITEM.source})(?:; ?[a-z]{1,8}=\\d{1,16})*`;
/** A list of these, or one word, as of a status: `allowed_warning`. */
const VALUE = new RegExp(`^(?:${MEMBER}(?:, ?${MEMBER})*|(?=.{1,24}$)[a-z]+(?:_[a-z]+)*)$`);

const MARK = 'x-sluice-provider-ratelimit-';

export function ratesIn(headers: Headers): Record<string, string> | undefined {
  let found: Record<string, string> | undefined;
  let count = 0;
  // Most answers have none: nothing is made for them.
  for (const name of Object.keys(headers)) {
    if (!name.includes('-ratelimit-') || name.length > MOST_NAME || !NAME.test(name)) continue;
    const value = headers[name]!;
    if (value.length > MOST_VALUE || !VALUE.test(value)) continue;
    if (count === MOST_HEADERS) break;
    count += 1;
    found ??= {};
    found[name] = value;
  }
  return found;
}

/** The same under names that no client takes for the limits of its own key, or for another vendor's. */
export const marked = (rates: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(rates).map(([name, value]) => [name.replace(RATE_HEADER, MARK), value]));
