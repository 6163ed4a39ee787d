import { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import type { Edits } from '../../../http/json-members.ts';
import type { RequestUrl } from '../../dialect.ts';
import { readUrl } from './path.ts';

/** The wire of `:countTokens`. @see https://ai.google.dev/api/tokens#method:-models.counttokens */

/** The model whose tokens are asked for. Throws `invalid_request` where there is nothing to count. */
export function readCountRequest(body: JsonObject, url?: RequestUrl): { model: string } {
  const whole = body.generateContentRequest ?? body.generate_content_request;
  if (body.contents == null && !isJsonObject(whole)) {
    throw new GatewayError('invalid_request', 'contents are not specified', { param: 'contents' });
  }
  return { model: readUrl(url).model };
}

/** A whole request names its model once more. */
export function countEdits(body: JsonObject, model: string): Edits {
  const name = body.generate_content_request === undefined ? 'generateContentRequest' : 'generate_content_request';
  const whole = body[name];
  const remove = new Set(['model']);
  if (!isJsonObject(whole)) return { remove };
  return { remove, set: { [name]: JSON.stringify({ ...whole, model: `models/${model.replace(/^models\//, '')}` }) } };
}

/** The count in a provider's reply; undefined where it holds none. */
export const readCount = ({ totalTokens: count }: JsonObject): number | undefined =>
  typeof count === 'number' ? count : undefined;

export const writeCount = (tokens: number): JsonObject => ({ totalTokens: tokens });
