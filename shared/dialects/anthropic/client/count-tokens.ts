import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { Edits } from '../../../http/json-members.ts';

/** The wire of `POST /v1/messages/count_tokens`. @see https://platform.claude.com/docs/en/api/messages-count-tokens */

/** The model whose tokens are asked for. Throws `invalid_request` where the model or the messages are missing. */
export function readCountRequest({ model, messages }: JsonObject): { model: string } {
  if (typeof model !== 'string' || model === '') throw missing('model');
  if (!Array.isArray(messages) || messages.length === 0) throw missing('messages');
  return { model };
}

const missing = (param: string): GatewayError =>
  new GatewayError('invalid_request', `${param}: Field required`, { param });

/** Members that a request for an answer has and a request for a count does not take: a provider answers 400 to them. */
export const notCounted: ReadonlySet<string> = new Set([
  'max_tokens',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'metadata',
]);

export const countEdits = (_: JsonObject, model: string): Edits => ({
  set: { model: JSON.stringify(model) },
  remove: notCounted,
});

/** The count in a provider's reply; undefined where it holds none. */
export const readCount = ({ input_tokens: count }: JsonObject): number | undefined =>
  typeof count === 'number' ? count : undefined;

export const writeCount = (tokens: number): JsonObject => ({ input_tokens: tokens });
