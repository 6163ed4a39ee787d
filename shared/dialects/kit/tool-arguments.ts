import type { Tool } from '../../chat/request.ts';
import { isJsonObject, tryParseJson } from '../../http/json.ts';

/** A tool of free text goes to providers without such tools as a function with this one argument. */
export const freeTextSchema = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
} as const;

/** The free text as the arguments of that function. */
export const freeTextArguments = (input: string): string => JSON.stringify({ input });

/** The free text in the arguments of that function; arguments of any other shape are given as they are. */
export function freeTextOf(text: string): string {
  const value = tryParseJson(text);
  return isJsonObject(value) && typeof value.input === 'string' ? value.input : text;
}

/** Arguments as JSON text. Providers write none as nothing, `null`, `"null"` or an object instead of text. */
export function argumentsOrEmpty(value: unknown): string {
  if (isJsonObject(value)) return JSON.stringify(value);
  return typeof value === 'string' && value.trim() !== '' && value.trim() !== 'null' ? value : '{}';
}

/**
 * Arguments as the text of an object, for providers that want one. They are not parsed and written again, since numbers beyond
 * 2^53, `1.0`, the order of keys and a key called `__proto__` would not survive that. What is no object (an answer cut short,
 * a bare string) is wrapped in one.
 */
export function objectText(text: string): string {
  const bare = text.trim();
  if (bare === '' || bare === 'null') return '{}';
  return isJsonObject(tryParseJson(bare)) ? bare : JSON.stringify({ _raw: text });
}

/** The names of the tools of free text: in a choice of tools, OpenAI's dialects say it beside the name. */
export const customNames = (tools: readonly Tool[]): ReadonlySet<string> =>
  new Set(tools.filter(({ kind }) => kind === 'custom').map(({ name }) => name));
