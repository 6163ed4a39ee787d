import type { Signature, ThinkingPart } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject, tryParseJson } from '../../../http/json.ts';
import { filled, textOf } from '../../kit/read-values.ts';
import { ISSUER } from '../names.ts';

/**
 * Callers of this dialect give a part back with its `thoughtSignature`, and some (Gemini CLI) without the thinking before it. So the
 * thinking of other vendors travels, text and signature, in that field of the part after it, in base64, since Python's client reads
 * bytes there. It is known by our mark, and goes to no provider of this dialect.
 */
export interface Carried {
  thinking: ThinkingPart[];
  /** Of the part itself. */
  signature?: Signature;
}

/** `sluice` in base64; what follows is JSON. */
const MARK = 'c2x1aWNl';
const WORD = 'sluice';

/** The signature of a part; undefined where it needs none. Google's own is written as it is. */
export function writeSignature({ thinking, signature }: Carried): string | undefined {
  if (signature?.issuer === ISSUER) return signature.value;
  if (thinking.length === 0 && !signature) return undefined;
  return Buffer.from(WORD + JSON.stringify({ thinking, signature })).toString('base64');
}

export const isForeignSignature = (text: string): boolean => text.startsWith(MARK);

export function readSignature(text: string): Carried {
  if (!isForeignSignature(text)) return { thinking: [], signature: { issuer: ISSUER, value: text } };
  const carried = tryParseJson(Buffer.from(text, 'base64').toString('utf8').slice(WORD.length));
  // Not of our making, or cut: it belongs to no vendor.
  if (!isJsonObject(carried)) return { thinking: [] };
  const thinking = Array.isArray(carried.thinking) ? carried.thinking.filter(isJsonObject).map(readThinking) : [];
  const signature = readIssued(carried.signature);
  return signature ? { thinking, signature } : { thinking };
}

function readThinking({ text, signature, redacted }: JsonObject): ThinkingPart {
  const issued = readIssued(signature);
  return {
    type: 'thinking',
    text: textOf(text),
    ...(issued ? { signature: issued } : {}),
    ...(redacted === true ? { redacted } : {}),
  };
}

function readIssued(value: unknown): Signature | undefined {
  if (!isJsonObject(value)) return undefined;
  const issuer = filled(value.issuer);
  const id = filled(value.id);
  if (issuer === undefined || typeof value.value !== 'string') return undefined;
  return { issuer, value: value.value, ...(id === undefined ? {} : { id }) };
}
