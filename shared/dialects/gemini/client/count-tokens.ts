import { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import type { Edits } from '../../../http/json-members.ts';
import type { RequestUrl } from '../../dialect.ts';
import { readUrl } from './path.ts';
import { givenName, plainForm } from './plain-form.ts';

/** The wire of `:countTokens`. @see https://ai.google.dev/api/tokens#method:-models.counttokens */

const WHOLE = 'generateContentRequest';

/**
 * The model whose tokens are asked for. Throws `invalid_request` where there is nothing to count, or where a field is there in two
 * spellings: the provider might read the one in which another model is named.
 */
export function readCountRequest(body: JsonObject, url?: RequestUrl): { model: string } {
  const plain = plainForm(body);
  if (plain.contents == null && !isJsonObject(plain[WHOLE])) {
    throw new GatewayError('invalid_request', 'contents are not specified', { param: 'contents' });
  }
  return { model: readUrl(url).model };
}

/** A whole request names its model once more. */
export function countEdits(body: JsonObject, model: string): Edits {
  const name = givenName(body, WHOLE) ?? WHOLE;
  const whole = body[name];
  const remove = new Set(['model']);
  if (!isJsonObject(whole)) return { remove };
  return { remove, set: { [name]: JSON.stringify({ ...whole, model: `models/${model.replace(/^models\//, '')}` }) } };
}

/** The count in a provider's reply; undefined where it holds none. */
export const readCount = ({ totalTokens: count }: JsonObject): number | undefined =>
  typeof count === 'number' ? count : undefined;

export const writeCount = (tokens: number): JsonObject => ({ totalTokens: tokens });
