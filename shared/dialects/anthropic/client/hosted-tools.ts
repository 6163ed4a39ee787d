import { defined } from '../../../chat/defined.ts';
import type { HostedTool, WebSearchTool } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { readLocation, textsOf } from '../../kit/read-values.ts';

/** What a tool that Anthropic runs is, where other vendors have one like it; its type ends with a date. */
export function hostedOf(type: string, tool: JsonObject): HostedTool | undefined {
  if (/^web_search_\d+$/.test(type)) return readSearch(tool);
  if (/^web_fetch_\d+$/.test(type)) return { type: 'web-fetch' };
  return /^code_execution_\d+$/.test(type) ? { type: 'code-execution' } : undefined;
}

function readSearch(tool: JsonObject): WebSearchTool {
  const { max_uses: most, allowed_domains: allowed, blocked_domains: blocked, user_location: location } = tool;
  return {
    type: 'web-search',
    ...defined({
      maxUses: typeof most === 'number' ? most : undefined,
      allowedDomains: textsOf(allowed),
      blockedDomains: textsOf(blocked),
      location: readLocation(location),
    }),
  };
}
