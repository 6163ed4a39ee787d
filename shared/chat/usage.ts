/**
 * Tokens of one exchange. `input` and `output` are totals: cached, cache-writing and audio tokens are within `input`,
 * thinking within `output`. Readers say a running total each time they learn more; the last one counts, nothing is summed.
 */
export interface Usage {
  input: number;
  output: number;
  cacheRead?: number;
  cacheWrite?: number;
  /** Of `cacheWrite`, what is kept for an hour (dearer than the usual five minutes). */
  cacheWriteHour?: number;
  reasoning?: number;
  audioInput?: number;
  audioOutput?: number;
  /** Searches that a reranker charges for, in place of tokens. */
  searches?: number;
  /** Seconds of sound that a transcriber charges for, in place of tokens. */
  audioSeconds?: number;
  /** Counted by us because the provider's own count never came. */
  estimated?: boolean;
}

/** Rough tokens of a text: a quarter of its UTF-8 bytes, near the truth for Latin and Chinese script alike. */
export function estimateTokens(utf8Bytes: number): number {
  return Math.ceil(utf8Bytes / 4);
}

/** More than any model reads or writes in one request; a larger count is nonsense, and would lock its caller out for years. */
const MOST_TOKENS = 1_000_000_000;

/** A count from a provider: strings are read, nonsense is nothing, negatives are zero. */
export function tokenCount(value: unknown): number | undefined {
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof count !== 'number' || !Number.isFinite(count) || count > MOST_TOKENS) return undefined;
  return Math.max(0, Math.round(count));
}
