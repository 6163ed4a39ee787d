import { isJsonObject } from '../../../http/json.ts';

const RAW = Symbol('raw JSON');

/** JSON text that is written as it is. */
export interface RawJson {
  [RAW]: string;
}

/**
 * A value as JSON text. Halves of surrogate pairs, which tools leave where they cut an emoji, are replaced: the vendor refuses
 * them. Key order is kept, so that equal conversations give equal bytes.
 */
export function jsonText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed());
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item ?? null)).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value) ?? 'null';
  if (RAW in value) return (value as unknown as RawJson)[RAW];
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${jsonText(name)}:${jsonText(member)}`).join(',')}}`;
}

/** JSON text to be written as it is, but for halves of surrogate pairs. */
export const rawJson = (text: string): RawJson => ({ [RAW]: wellFormedText(text) });

const ESCAPE = /\\(?:u([dD][89abAB][0-9a-fA-F]{2})(\\u[dD][c-fC-F][0-9a-fA-F]{2})?|u[dD][c-fC-F][0-9a-fA-F]{2}|.)/gs;

/** Halves of pairs may stand there as escapes too. */
function wellFormedText(text: string): string {
  const whole = text.toWellFormed();
  if (!/\\u[dD]/.test(whole)) return whole;
  return whole.replace(ESCAPE, (matched: string, _high?: string, low?: string) =>
    low === undefined && /^\\u[dD][89a-fA-F]/.test(matched) ? '\\ufffd' : matched,
  );
}
