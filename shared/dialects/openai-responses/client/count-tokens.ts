import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { Edits } from '../../../http/json-members.ts';

/** The wire of `POST /v1/responses/input_tokens`. @see https://platform.openai.com/docs/api-reference/responses/input-tokens */

/** The model whose tokens are asked for. Throws `invalid_request` where there is nothing to count. */
export function readCountRequest(body: JsonObject): { model: string; goesOnFrom?: string } {
  const { model, input, previous_response_id: previous } = body;
  if (typeof model !== 'string' || model === '') throw missing('model');
  if (typeof previous === 'string') return { model, goesOnFrom: previous };
  if (input == null && body.conversation == null) throw missing('input');
  return { model };
}

const missing = (param: string): GatewayError =>
  new GatewayError('invalid_request', `Missing required parameter: '${param}'.`, {
    param,
    code: 'missing_required_parameter',
  });

/** Members of a request for an answer that do not change its input. */
const notCounted: ReadonlySet<string> = new Set(
  [
    'background include max_output_tokens max_tool_calls metadata prompt_cache_key prompt_cache_retention',
    'safety_identifier service_tier store stream stream_options temperature top_logprobs top_p user',
  ].flatMap((line) => line.split(' ')),
);

export const countEdits = (_: JsonObject, model: string): Edits => ({
  set: { model: JSON.stringify(model) },
  remove: notCounted,
});

/** The count in a provider's reply; undefined where it holds none. */
export const readCount = ({ input_tokens: count }: JsonObject): number | undefined =>
  typeof count === 'number' ? count : undefined;

export const writeCount = (tokens: number): JsonObject => ({
  object: 'response.input_tokens',
  input_tokens: tokens,
});
