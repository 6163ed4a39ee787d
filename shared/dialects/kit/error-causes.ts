import type { ErrorKind } from '../../errors.ts';
import { numberOf } from './read-values.ts';

/** Where a provider's status and type say too little, its sentence or its own number says more. */

const tooLong =
  /maximum (?:context|prompt) length|(?:prompt|input) is too long|range of input length|context (?:size|window|length|limit) exceed|exceed(?:s|ed)?\b[^.]{0,40}(?:context (?:size|window|length|limit)|token limit)/i;

/** Whether the conversation has more tokens than the model takes. */
export const isTooLong = (sentence = ''): boolean => tooLong.test(sentence);

/** Sentences that say it with a status of 400, where most of what is wrong is something else. */
const unknownModel =
  /model identifier is invalid|\bmodel (?:does )?not exist|\b(?:invalid|unknown) model:|on-demand throughput isn.t supported/i;

/** A kind that is finer than its status: for an unknown model, or an account that is used up. */
export function finerKind(kind: ErrorKind, { status, sentence = '', code = '', type = '' }: Signs): ErrorKind {
  if (status === 402 || usedUp.has(code) || usedUp.has(type)) return 'quota_exceeded';
  if (noSuchModel.has(code)) return 'model_not_found';
  if (kind === 'not_found' && /\bmodels?\b|^No endpoints found for /i.test(sentence)) return 'model_not_found';
  return kind === 'invalid_request' && unknownModel.test(sentence) ? 'model_not_found' : kind;
}

export interface Signs {
  status: number;
  sentence?: string | undefined;
  code?: string | undefined;
  type?: string | undefined;
}

/** 1113 is Zhipu's. */
const usedUp: ReadonlySet<string> = new Set(['insufficient_quota', 'exceeded_current_quota_error', '1113']);

/** 1211 is Zhipu's. */
const noSuchModel: ReadonlySet<string> = new Set([
  'model_not_found',
  'model_not_available',
  'DeploymentNotFound',
  'InvalidEndpointOrModel.NotFound',
  '1211',
]);

/**
 * MiniMax answers 200 with a number of its own; the status that others give for the same.
 * @see https://platform.minimax.io/docs/api-reference/errorcode
 */
const statusOfNumber: Record<number, number> = {
  1001: 504,
  1002: 429,
  1004: 401,
  1008: 402,
  1026: 400,
  1027: 400,
  1039: 429,
  1041: 429,
  1042: 400,
  2013: 400,
  2045: 429,
  2049: 401,
  2056: 402,
};

export const statusOfBaseResp = (number: unknown): number => statusOfNumber[numberOf(number)] ?? 502;

/** The status that an error within a reply of status 200 has as its code; 502 where it is none. */
export function statusOfCode(code: unknown): number {
  const status = numberOf(code);
  return Number.isInteger(status) && status >= 400 && status < 600 ? status : 502;
}
