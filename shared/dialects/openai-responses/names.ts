import type { Citation, Signature } from '../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { filled } from '../kit/read-values.ts';

/** The dialect's name, on both sides and in `native`. */
export const OPENAI_RESPONSES = 'openai-responses';

const OPENAI = 'openai';

const OUR_MARK = 'sluice:';
const MARKED = /^sluice:([^:+@]+)(\+redacted)?(?:@([^:]*))?:/;

/** A signature as it stands in `encrypted_content`, and whether the thinking it belongs to is hidden. */
export interface MarkedSignature {
  signature: Signature;
  redacted: boolean;
}

/**
 * A signature in an item of ours, under a mark that says whose it is and which item it belongs to:
 * `sluice:<issuer>[+redacted][@<id>]:<value>`. So it comes back to its issuer alone, and OpenAI, whose signatures cover the item's
 * id too, gets the id that it gave and not the one that we had to give before the signature was known.
 */
export function writeEncrypted({ issuer, value, id }: Signature, redacted: boolean): string {
  const signed = id === undefined ? '' : `@${encodeURIComponent(id)}`;
  return `${OUR_MARK}${encodeURIComponent(issuer)}${redacted ? '+redacted' : ''}${signed}:${value}`;
}

/** What the ids of reasoning items that we wrote begin with: no provider has them in its store. */
export const OUR_REASONING = 'rs_sluice';

/** Whether only we can read a reasoning item: no provider knows what to do with its signature or its id. */
export const isOurReasoning = ({ type, id, encrypted_content: encrypted }: JsonObject): boolean =>
  type === 'reasoning' && (`${encrypted ?? ''}`.startsWith(OUR_MARK) || `${id ?? ''}`.startsWith(OUR_REASONING));

/** A signature without a mark is OpenAI's own, and belongs to the item it stands in. */
export function readEncrypted(encrypted: unknown, itemId: unknown): MarkedSignature | undefined {
  if (typeof encrypted !== 'string' || encrypted === '') return undefined;
  const found = MARKED.exec(encrypted);
  if (!found) return { signature: signatureOf(OPENAI, encrypted, filled(itemId)), redacted: false };
  const [mark, issuer, redacted, id] = found;
  const signedId = id === undefined ? undefined : plain(id);
  return {
    signature: signatureOf(plain(issuer!), encrypted.slice(mark.length), signedId),
    redacted: redacted !== undefined,
  };
}

const signatureOf = (issuer: string, value: string, id: string | undefined): Signature =>
  id === undefined ? { issuer, value } : { issuer, value, id };

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not of our making: it matches no issuer and goes nowhere.
    return text;
  }
}

/** Whether a response is still being made, in the background. */
export const isPending = ({ status }: JsonObject): boolean => status === 'queued' || status === 'in_progress';

export const isOpenaiSignature = (signature: Signature | undefined): signature is Signature =>
  signature?.issuer === OPENAI;

/**
 * A signature on a call or a text (Gemini's) has no field in this dialect and stands in one of ours, `signature`: a caller that sends the
 * output's items back as input sends it too.
 */
export const writeSignature = ({ issuer, value }: Signature): JsonObject => ({ signature: { issuer, value } });

export function readSignature({ signature }: JsonObject): { signature: Signature } | undefined {
  if (!isJsonObject(signature)) return undefined;
  const { issuer, value } = signature;
  return typeof issuer === 'string' && typeof value === 'string' ? { signature: { issuer, value } } : undefined;
}

/** @see https://platform.openai.com/docs/api-reference/responses/object annotations */
export function writeAnnotation({ url, title, start, end, native }: Citation): JsonObject {
  if (native?.dialect === OPENAI_RESPONSES) return native.fields;
  return { type: 'url_citation', start_index: start ?? 0, end_index: end ?? 0, url: url ?? '', title: title ?? '' };
}

export function readAnnotation(annotation: unknown): Citation[] {
  if (!isJsonObject(annotation)) return [];
  if (annotation.type !== 'url_citation') return [{ native: { dialect: OPENAI_RESPONSES, fields: annotation } }];
  const { url, title, start_index: start, end_index: end } = annotation;
  return [
    {
      ...(typeof url === 'string' ? { url } : {}),
      ...(typeof title === 'string' ? { title } : {}),
      ...(typeof start === 'number' ? { start } : {}),
      ...(typeof end === 'number' ? { end } : {}),
    },
  ];
}
