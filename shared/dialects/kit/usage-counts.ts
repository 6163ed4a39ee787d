import { tokenCount, type Usage } from '../../chat/usage.ts';

/** A count of a usage, left out where the provider gives none or zero. */
export function counted(name: Exclude<keyof Usage, 'estimated'>, value: unknown): Partial<Usage> {
  const count = tokenCount(value);
  return count ? { [name]: count } : {};
}
