import type { NativePart } from '../../../../chat/request.ts';
import type { JsonObject } from '../../../../http/json.ts';
import { GEMINI } from '../../names.ts';

/** A part that only this dialect knows, called by the name of its member: `executableCode`. */
export function nativePart(part: JsonObject): NativePart {
  const type = Object.keys(part).find((name) => part[name] != null && name !== 'thoughtSignature') ?? 'unknown';
  return { type: 'native', native: { dialect: GEMINI, fields: { ...part, type } } };
}
