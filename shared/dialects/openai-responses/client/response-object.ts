import type { FinishReason } from '../../../chat/events.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import type { DialectContext } from '../../dialect.ts';
import { openaiErrorFields } from '../../kit/openai/errors.ts';
import { writeUsage } from '../usage.ts';

/** What is known of a response when its answer begins. */
export interface ResponseHead {
  id: string;
  model: string;
  created: number;
  native?: JsonObject;
}

/** What makes a response of its head. */
export interface ResponseState {
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  output: JsonObject[];
  usage?: Usage | undefined;
  incomplete?: 'max_output_tokens' | 'content_filter' | undefined;
  error?: GatewayError | undefined;
}

/** Ids of other dialects' answers mean nothing here; nothing is stored, so that no id can be asked for again. */
export const responseId = (id: string, context: DialectContext): string =>
  id.startsWith('resp_') ? id : `resp_${context.id}`;

/**
 * A response in full: what was answered, and what was asked, again. `store` is false whatever was asked: nothing is kept.
 * @see https://platform.openai.com/docs/api-reference/responses/object
 */
export function responseObject(head: ResponseHead, state: ResponseState, context: DialectContext): JsonObject {
  const { request = {}, now } = context;
  const asked = (name: string, otherwise: unknown): unknown => request[name] ?? otherwise;
  const text = isJsonObject(request.text) ? request.text : {};
  const reasoning = isJsonObject(request.reasoning) ? request.reasoning : {};
  return {
    id: head.id,
    object: 'response',
    created_at: head.created,
    status: state.status,
    background: false,
    completed_at: state.status === 'completed' ? Math.max(now, head.created) : null,
    error: state.error ? writeFailure(state.error) : null,
    incomplete_details: state.incomplete ? { reason: state.incomplete } : null,
    access_programs: null,
    instructions: asked('instructions', null),
    max_output_tokens: asked('max_output_tokens', null),
    max_tool_calls: asked('max_tool_calls', null),
    model: head.model,
    output: state.output,
    parallel_tool_calls: asked('parallel_tool_calls', true),
    previous_response_id: null,
    prompt_cache_key: asked('prompt_cache_key', null),
    reasoning: { effort: null, summary: null, ...reasoning },
    safety_identifier: asked('safety_identifier', null),
    service_tier: asked('service_tier', 'default'),
    store: false,
    temperature: asked('temperature', null),
    text: { ...text, format: text.format ?? { type: 'text' } },
    tool_choice: asked('tool_choice', 'auto'),
    tools: asked('tools', []),
    top_logprobs: asked('top_logprobs', 0),
    top_p: asked('top_p', null),
    truncation: asked('truncation', 'disabled'),
    usage: state.usage ? writeUsage(state.usage) : null,
    user: asked('user', null),
    metadata: asked('metadata', {}),
    ...head.native,
  };
}

/** How an answer's end is written here. A refusal with a text is an answer; one without is a content filter's. */
export function endOf(reason: FinishReason, hasRefusal: boolean): Pick<ResponseState, 'status' | 'incomplete'> {
  if (reason === 'length' || reason === 'context') return { status: 'incomplete', incomplete: 'max_output_tokens' };
  if (reason === 'refused' && !hasRefusal) return { status: 'incomplete', incomplete: 'content_filter' };
  return { status: 'completed' };
}

/** A failed response's error; its code is never null. */
export function writeFailure(error: GatewayError): JsonObject {
  const { code, message } = openaiErrorFields(error);
  return { code: code ?? 'server_error', message };
}
