import { defined } from '../../chat/defined.ts';
import type { WebSearchTool } from '../../chat/request.ts';
import { tokenCount, type Usage } from '../../chat/usage.ts';
import { isJsonObject } from '../../http/json.ts';

/** Replies of providers are read by hand, since nothing in them can be relied on: these read one value of them. */

/** A text that is not empty; undefined for all else. */
export const filled = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A text; all else is an empty one. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A text, or a number as one; all else is an empty text: an object may have a `toString` that is no function. */
export const wordOf = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : textOf(value);

/** A number, or a text as one; `NaN` for all else: an object may have a `valueOf` that is no function. */
export const numberOf = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;

/** The entry of a table that a provider names; its word may be that of something every object inherits. */
export const entryOf = <Entry>(table: Readonly<Record<string, Entry>>, name: unknown): Entry | undefined =>
  typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;

/** A count of a usage, left out where the provider gives none or zero. */
export function counted(name: Exclude<keyof Usage, 'estimated'>, value: unknown): Partial<Usage> {
  const count = tokenCount(value);
  return count ? { [name]: count } : {};
}

/** The texts of a list; nothing where there are none. */
export function textsOf(list: unknown): string[] | undefined {
  const texts = Array.isArray(list) ? list.filter((text) => typeof text === 'string') : [];
  return texts.length === 0 ? undefined : texts;
}

/** Where a search's user is, roughly, as OpenAI and Anthropic both write it. */
export function readLocation(location: unknown): WebSearchTool['location'] | undefined {
  if (!isJsonObject(location)) return undefined;
  const { city, region, country, timezone } = location;
  return defined({ city: filled(city), region: filled(region), country: filled(country), timezone: filled(timezone) });
}
