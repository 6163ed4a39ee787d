import { defined } from '../../../chat/defined.ts';
import type { HostedTool, WebSearchTool } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { filled, readLocation, textsOf } from '../../kit/read-values.ts';

/**
 * What a tool that OpenAI runs is, where other vendors have one like it. A search that may not reach the web (Codex's default)
 * is none of theirs: they have no search without it.
 */
export function hostedOf(tool: JsonObject): HostedTool | undefined {
  const { type, container } = tool;
  if (/^web_search(?:_preview)?(?:_\d{4}_\d{2}_\d{2})?$/.test(String(type))) {
    return tool.external_web_access === false ? undefined : readSearch(tool);
  }
  const hasFiles = isJsonObject(container) && Array.isArray(container.file_ids) && container.file_ids.length > 0;
  if (type === 'code_interpreter' && typeof container !== 'string' && !hasFiles) return { type: 'code-execution' };
  return undefined;
}

function readSearch({ filters, user_location: location, search_context_size: size }: JsonObject): WebSearchTool {
  const { allowed_domains: allowed, blocked_domains: blocked } = isJsonObject(filters) ? filters : {};
  return {
    type: 'web-search',
    ...defined({
      allowedDomains: textsOf(allowed),
      blockedDomains: textsOf(blocked),
      contextSize: filled(size),
      location: readLocation(location),
    }),
  };
}
