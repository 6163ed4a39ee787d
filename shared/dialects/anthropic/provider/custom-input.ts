import { isJsonObject, tryParseJson } from '../../../http/json.ts';

/** A tool of free text goes out as a function with this one argument. */
export const CUSTOM_SCHEMA = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
} as const;

export const customArguments = (input: string): string => JSON.stringify({ input });

/** The free text in a function's arguments; arguments of any other shape are given as they are. */
export function customInput(text: string): string {
  const read = tryParseJson(text);
  return isJsonObject(read) && typeof read.input === 'string' ? read.input : text;
}
