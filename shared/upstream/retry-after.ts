import type { Headers } from '../http/message.ts';

/** Official SDKs sleep as long as they are told; no provider's word may hold a caller for longer than this. */
const MOST_SECONDS = 60;

/** Seconds to wait as a provider's headers say: milliseconds, seconds or a date; nothing where they say nothing. */
export function retryAfterOf(headers: Headers, now = Date.now()): number | undefined {
  const milliseconds = Number(headers['retry-after-ms']);
  if (headers['retry-after-ms'] && Number.isFinite(milliseconds)) return bounded(milliseconds / 1000);
  const told = headers['retry-after'];
  if (!told) return undefined;
  const seconds = Number(told);
  if (Number.isFinite(seconds)) return bounded(seconds);
  const date = Date.parse(told);
  return Number.isNaN(date) ? undefined : bounded((date - now) / 1000);
}

const bounded = (seconds: number): number => Math.min(MOST_SECONDS, Math.max(0, seconds));
