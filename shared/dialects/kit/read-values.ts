import { tokenCount, type Usage } from '../../chat/usage.ts';

/** Replies of providers are read by hand, since nothing in them can be relied on: these read one value of them. */

/** A text that is not empty; undefined for all else. */
export const filled = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A text; all else is an empty one. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A count of a usage, left out where the provider gives none or zero. */
export function counted(name: Exclude<keyof Usage, 'estimated'>, value: unknown): Partial<Usage> {
  const count = tokenCount(value);
  return count ? { [name]: count } : {};
}
