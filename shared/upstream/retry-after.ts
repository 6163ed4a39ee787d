import type { Headers } from '../http/message.ts';

/** Official SDKs sleep as long as the header says; no provider may hold a caller for longer than this. */
const MOST_SECONDS = 60;

/** Seconds to wait by a provider's headers: milliseconds, seconds or a date; nothing where they say nothing. `now` in epoch ms. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const milliseconds = Number(headers['retry-after-ms']);
  if (headers['retry-after-ms'] && Number.isFinite(milliseconds)) return bounded(milliseconds / 1000);
  const value = headers['retry-after'];
  if (!value) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return bounded(seconds);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : bounded((date - now) / 1000);
}

const bounded = (seconds: number): number => Math.min(MOST_SECONDS, Math.max(0, seconds));
