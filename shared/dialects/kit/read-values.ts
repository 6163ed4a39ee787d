/** Replies of providers are read by hand, since nothing in them can be relied on: these read one value of them. */

/** A text that is not empty; undefined for all else. */
export const filled = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A text; all else is an empty one. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
