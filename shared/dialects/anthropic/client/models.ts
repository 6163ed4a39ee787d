import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { Headers } from '../../../http/message.ts';
import { type ListedModel, MODEL_CREATED } from '../../kit/listed-model.ts';
import { VERSION_HEADER } from '../names.ts';

/** `GET /v1/models` serves two protocols: only Anthropic's clients send a version. */
export const isAnthropicCaller = (headers: Headers): boolean => headers[VERSION_HEADER] !== undefined;

/**
 * What is not known is null, as at Anthropic. So are the capabilities: they are thirty answers that are given all or not at all, and
 * most are about Anthropic's own services.
 * @see https://platform.claude.com/docs/en/api/models
 */
export const writeModel = (model: Omit<ListedModel, 'provider'>): JsonObject => {
  const { id, displayName = id, contextLength, maxInputTokens = contextLength, maxOutputTokens } = model;
  return {
    type: 'model',
    id,
    display_name: displayName,
    created_at: new Date(MODEL_CREATED * 1000).toISOString(),
    max_input_tokens: maxInputTokens ?? null,
    max_tokens: maxOutputTokens ?? null,
    capabilities: null,
    lifecycle: 'active',
    deprecated_at: null,
    retires_at: null,
    line: null,
  };
};

const MOST = 1000;
const USUAL = 20;

/**
 * One page of models, as the query asks for it: `limit`, `after_id`, `before_id`. Throws `invalid_request` naming the parameter.
 * @see https://platform.claude.com/docs/en/api/models-list
 */
export function writeModelPage(models: readonly ListedModel[], query: string): JsonObject {
  const asked = new URLSearchParams(query);
  const limit = limitOf(asked.get('limit'));
  const after = positionOf(models, asked, 'after_id');
  const before = positionOf(models, asked, 'before_id');
  const end = before ?? models.length;
  const start = after === undefined ? (before === undefined ? 0 : Math.max(0, end - limit)) : after + 1;
  const page = models.slice(start, Math.min(end, start + limit));
  return {
    data: page.map(writeModel),
    has_more: before === undefined ? start + page.length < models.length : start > 0,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function limitOf(text: string | null): number {
  const limit = text === null ? USUAL : Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new GatewayError('invalid_request', `limit: expected a whole number from 1 to ${MOST}.`, { param: 'limit' });
}

function positionOf(models: readonly ListedModel[], query: URLSearchParams, name: string): number | undefined {
  const id = query.get(name);
  if (id === null) return undefined;
  const found = models.findIndex((model) => model.id === id);
  if (found !== -1) return found;
  throw new GatewayError('invalid_request', `${name}: there is no model '${id.slice(0, 200)}'.`, { param: name });
}
