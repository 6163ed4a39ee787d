import { defined } from '../../../chat/defined.ts';
import type { ChatRequest, HostedTool, Tool, WebSearchTool } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { DialectTarget } from '../../dialect.ts';
import type { Traits } from '../../traits.ts';
import { WEB_SEARCH_OPTIONS } from '../names.ts';

/** Only a search of the web has a form here, at those providers that say which. */
export const takesHosted = ({ type }: HostedTool, _: unknown, { traits }: DialectTarget): boolean =>
  type === 'web-search' && traits.webSearch !== undefined;

/** Tools that providers run, written for this one. */
export interface WrittenSearch {
  fields: JsonObject;
  tools: JsonObject[];
  /** The tools of the request that stay where they are. */
  others: Tool[];
}

/**
 * The search of a request, in the form of this provider. Where the answer must search, OpenRouter is asked by its plugin, which
 * always does.
 * @see https://openrouter.ai/docs/guides/features/server-tools/web-search
 */
export function writeSearch({ tools = [], toolChoice }: ChatRequest, { webSearch }: Traits): WrittenSearch {
  const isOwn = ({ name, required }: Tool): boolean => required === true && name === WEB_SEARCH_OPTIONS;
  const own = tools.find(isOwn);
  if (own) {
    const others = tools.filter((tool) => !isOwn(tool));
    return { fields: { [WEB_SEARCH_OPTIONS]: own.native?.fields ?? {} }, tools: [], others };
  }
  const search = tools.find(({ hosted }) => hosted?.type === 'web-search');
  if (search?.hosted?.type !== 'web-search' || !webSearch) return { fields: {}, tools: [], others: [...tools] };
  const others = tools.filter((tool) => tool !== search);
  if (webSearch === 'options')
    return { fields: { [WEB_SEARCH_OPTIONS]: writeOptions(search.hosted) }, tools: [], others };
  if (toolChoice?.type === 'tool' && toolChoice.name === search.name) {
    return { fields: { plugins: [{ id: 'web' }] }, tools: [], others };
  }
  return { fields: {}, tools: [writeServerTool(search.hosted)], others };
}

const writeOptions = ({ contextSize, location }: WebSearchTool): JsonObject =>
  defined({
    search_context_size: contextSize,
    user_location: location && { type: 'approximate', approximate: location },
  });

function writeServerTool({ contextSize, location, allowedDomains, blockedDomains }: WebSearchTool): JsonObject {
  const parameters = defined({
    search_context_size: contextSize,
    allowed_domains: allowedDomains,
    excluded_domains: blockedDomains,
    user_location: location && { type: 'approximate', ...location },
  });
  return { type: 'openrouter:web_search', ...(Object.keys(parameters).length === 0 ? {} : { parameters }) };
}
