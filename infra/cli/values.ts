import { InvalidArgumentError } from 'commander';

/** What stands behind an option, read and checked; commander reports what is wrong with it by the option's name. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('It must be a whole number.');
}

export function positiveNumber(text: string): number {
  const number = wholeNumber(text);
  if (number > 0) return number;
  throw new InvalidArgumentError('It must be at least 1.');
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `90`, `90s`, `15m`, `24h` or `7d`, in seconds. */
export function duration(text: string): number {
  const found = /^(\d{1,9})([smhd]?)$/.exec(text);
  if (found) return Number(found[1]) * unitSeconds[found[2] || 's']!;
  throw new InvalidArgumentError('It must be a time such as 90s, 15m, 24h or 7d.');
}

/** A time to come, in epoch seconds: `30d`, or a date such as 2027-01-31 (UTC). */
export function timeToCome(text: string): number {
  const seconds = /^\d{1,9}[smhd]$/.test(text)
    ? Math.floor(Date.now() / 1000) + duration(text)
    : Date.parse(text) / 1000;
  if (Number.isFinite(seconds) && seconds * 1000 > Date.now()) return Math.floor(seconds);
  throw new InvalidArgumentError('It must be a time to come, such as 30d or 2027-01-31.');
}

/** Collects an option that may be given several times. */
export const several = (text: string, before: string[] = []): string[] => [
  ...before,
  ...text.split(',').filter(Boolean),
];

/** Collects `name=value`. */
export function pairs(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be of the form name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
