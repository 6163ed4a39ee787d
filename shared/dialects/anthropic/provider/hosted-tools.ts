import { defined } from '../../../chat/defined.ts';
import type { ChatRequest, HostedTool } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { ANTHROPIC } from '../names.ts';

/**
 * A tool that Anthropic runs, asked for in another dialect, and the beta it needs.
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool
 */
export function writeHosted(hosted: HostedTool): { tool: JsonObject; beta?: string } {
  switch (hosted.type) {
    case 'web-search': {
      const { maxUses, allowedDomains, blockedDomains, location } = hosted;
      const fields = defined({
        max_uses: maxUses,
        allowed_domains: allowedDomains,
        // One list or the other.
        blocked_domains: allowedDomains ? undefined : blockedDomains,
        user_location: location && { type: 'approximate', ...location },
      });
      return { tool: { type: 'web_search_20250305', name: 'web_search', ...fields } };
    }
    case 'web-fetch':
      return { tool: { type: 'web_fetch_20250910', name: 'web_fetch' }, beta: 'web-fetch-2025-09-10' };
    case 'code-execution':
      return { tool: { type: 'code_execution_20250825', name: 'code_execution' }, beta: 'code-execution-2025-08-25' };
  }
}

/** The betas that tools of other dialects need here. */
export const betasOf = ({ tools = [] }: ChatRequest): string[] =>
  tools.flatMap(({ hosted, native }) =>
    hosted && native?.dialect !== ANTHROPIC ? (writeHosted(hosted).beta ?? []) : [],
  );
