import type { Tool, WebSearchTool } from '../../chat/request.ts';
import type { JsonObject } from '../../http/json.ts';
import type { Traits } from '../traits.ts';
import { entryOf } from './read-values.ts';

/** What must change at the top level of a request for a provider: the same on both roads. */
export interface FieldEdits {
  rename: Record<string, string>;
  remove: Set<string>;
  /** Fields that the caller sent and the provider does not take. */
  dropped: string[];
}

/** Which of these fields a provider's traits drop or rename. */
export function fieldEdits(names: readonly string[], { drops, renames }: Traits): FieldEdits {
  const dropped = names.filter((name) => drops?.includes(name));
  return { rename: { ...renames }, remove: new Set(dropped), dropped };
}

/** The fields of a request with those edits made. */
export function editedFields(body: JsonObject, { rename, remove }: Pick<FieldEdits, 'rename' | 'remove'>): JsonObject {
  const kept = Object.entries(body).filter(([name]) => !remove.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [entryOf(rename, name) ?? name, value]));
}

/** The names of fields that have a value: for what the caller asked for and a dialect has no field for. */
export const namesOfGiven = (fields: JsonObject): string[] =>
  Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name]));

/** An empty list of tools is a 400 at most vendors, and so is a choice among none: such a request means no tools. */
export const TOOL_FIELDS = ['tools', 'tool_choice', 'parallel_tool_calls'] as const;

const filters = { allowedDomains: 'allowed_domains', blockedDomains: 'blocked_domains' } as const;

/** Which pages a search was to keep to, where the provider's own search knows no such list; `takes` are those it knows. */
export function lostFilters(
  tools: readonly Tool[] | undefined,
  { dialect, takes = [] }: { dialect: string; takes?: readonly (keyof typeof filters & keyof WebSearchTool)[] },
): string[] {
  const lost = (Object.keys(filters) as (keyof typeof filters)[]).filter((filter) => !takes.includes(filter));
  return (tools ?? []).flatMap(({ name, hosted, native }) => {
    if (hosted?.type !== 'web-search' || native?.dialect === dialect) return [];
    return lost.filter((filter) => hosted[filter]).map((filter) => `tools.${name}.${filters[filter]}`);
  });
}
