import type { FinishReason } from '../../chat/events.ts';

/** The dialect's name. */
export const GEMINI = 'gemini';

/** The format of its error bodies. */
export const FORMAT = 'google';

/** The issuer of Gemini's signatures; its compatible endpoint and Vertex give and take the same. */
export const ISSUER = 'gemini';

/**
 * What stands for a signature that is lost: history of another model, or a client that kept none.
 * @see https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export const LOST_SIGNATURE = 'skip_thought_signature_validator';

/** @see https://ai.google.dev/api/generate-content#FinishReason */
const finishReasons: Record<string, FinishReason> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'refused',
  RECITATION: 'refused',
  LANGUAGE: 'refused',
  BLOCKLIST: 'refused',
  PROHIBITED_CONTENT: 'refused',
  SPII: 'refused',
  MODEL_ARMOR: 'refused',
  IMAGE_SAFETY: 'refused',
  IMAGE_PROHIBITED_CONTENT: 'refused',
  IMAGE_RECITATION: 'refused',
};

/** An unknown reason is an ordinary end: a new reason of the vendor must not break callers. */
export const readFinish = (reason: string): FinishReason =>
  Object.hasOwn(finishReasons, reason) ? finishReasons[reason]! : 'stop';

const finishNames: Record<FinishReason, string> = {
  stop: 'STOP',
  'stop-sequence': 'STOP',
  length: 'MAX_TOKENS',
  context: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  refused: 'SAFETY',
  paused: 'STOP',
};

export const writeFinish = (reason: FinishReason): string => finishNames[reason];

/** Reasons that are failures of the model, sent as an end. */
export const failedReasons: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
  'MALFORMED_RESPONSE',
  'OTHER',
  'IMAGE_OTHER',
  'NO_IMAGE',
]);

/**
 * Callers keep an id of Gemini's under this prefix, so that it is known among the ids of other providers: Gemini wants its own ids
 * back and no others.
 */
const OWN_ID = 'gemini_';

export const callersId = (id: string): string => OWN_ID + id;

/** The id Gemini gave a call; nothing where it gave none. */
export const ownId = (id: string): string | undefined => (id.startsWith(OWN_ID) ? id.slice(OWN_ID.length) : undefined);
