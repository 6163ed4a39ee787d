import type { ListedModel } from '../../catalog/catalog.ts';
import { GatewayError } from '../../errors.ts';
import type { JsonObject } from '../../http/json.ts';
import { type Headers, jsonOutgoing } from '../../http/message.ts';
import { unknownModel } from '../../routing/plan.ts';
import { getEndpoint } from '../endpoint.ts';

/**
 * The models by the names callers use, in the shape the caller's SDK knows.
 * @see https://platform.openai.com/docs/api-reference/models/list
 * @see https://platform.claude.com/docs/en/api/models-list
 */
export const models = getEndpoint(['/v1/models', '/models', '/anthropic/v1/models'], ({ http }, { catalog }) => {
  const { headers, query } = http;
  if (wantsAnthropic(headers)) return jsonOutgoing(200, anthropicPage(catalog.models, new URLSearchParams(query)));
  return jsonOutgoing(200, { object: 'list', data: catalog.models.map(openaiModel) });
});

/** One model, by a listed name or by `<provider>/<model id>` where such names are served. */
export const model = getEndpoint(
  ['/v1/models/{id}', '/models/{id}', '/anthropic/v1/models/{id}', '/anthropic/models/{id}'],
  ({ http: { headers }, params: { id = '' } }, { catalog }) => {
    const target = catalog.knows(id) ? catalog.resolve(id)?.[0] : undefined;
    if (!target) throw unknownModel(id);
    const listed = { id, provider: target.provider.name };
    return jsonOutgoing(200, wantsAnthropic(headers) ? anthropicModel(listed) : openaiModel(listed));
  },
);

/** One path serves two protocols: only Anthropic's clients send a version. */
const wantsAnthropic = (headers: Headers): boolean => headers['anthropic-version'] !== undefined;

/** Nobody tells when a model was made; a fixed moment keeps the answer the same from call to call. */
const CREATED = 1_735_689_600;

function openaiModel({ id, provider }: ListedModel): JsonObject {
  return { id, object: 'model', created: CREATED, owned_by: provider };
}

function anthropicModel({ id }: ListedModel): JsonObject {
  return { type: 'model', id, display_name: id, created_at: new Date(CREATED * 1000).toISOString() };
}

const MOST = 1000;
const USUAL = 20;

function anthropicPage(models: readonly ListedModel[], query: URLSearchParams): JsonObject {
  const limit = limitOf(query.get('limit'));
  const after = position(models, query, 'after_id');
  const before = position(models, query, 'before_id');
  const end = before ?? models.length;
  const start = after === undefined ? (before === undefined ? 0 : Math.max(0, end - limit)) : after + 1;
  const page = models.slice(start, Math.min(end, start + limit));
  const hasMore = before === undefined ? start + page.length < models.length : start > 0;
  return {
    data: page.map(anthropicModel),
    has_more: hasMore,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function limitOf(text: string | null): number {
  const limit = text === null ? USUAL : Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new GatewayError('invalid_request', `limit: expected a whole number from 1 to ${MOST}.`, { param: 'limit' });
}

function position(models: readonly ListedModel[], query: URLSearchParams, name: string): number | undefined {
  const id = query.get(name);
  if (id === null) return undefined;
  const found = models.findIndex((model) => model.id === id);
  if (found === -1)
    throw new GatewayError('invalid_request', `${name}: there is no model '${id.slice(0, 200)}'.`, { param: name });
  return found;
}
