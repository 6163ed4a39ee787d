import type { RateReport } from '../../rates.ts';

/**
 * What remains of a caller's limits, as OpenAI writes it.
 * @see https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 */
export function openaiRateHeaders({ requests, tokens }: RateReport): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, left] of Object.entries({ requests, tokens })) {
    if (!left) continue;
    headers[`x-ratelimit-limit-${name}`] = String(left.limit);
    headers[`x-ratelimit-remaining-${name}`] = String(left.remaining);
    headers[`x-ratelimit-reset-${name}`] = duration(left.resetMs);
  }
  return headers;
}

/** A time as OpenAI writes it: `20ms`, `8.64s`, `6m0s`, `1h0m3s`. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole > 0 && whole < 1000) return `${whole}ms`;
  const minutes = Math.floor(whole / 60_000);
  const seconds = `${(whole % 60_000) / 1000}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}
