import type { Citation, HostedCallPart, Source } from './request.ts';

/**
 * The search that an answer's citations come from, for vendors that tell no more of it; nothing where there is none. What was
 * searched for is not known then.
 */
export function searchOf(citations: readonly Citation[], id: string): HostedCallPart[] {
  const pages = new Map<string, Source>();
  for (const { url, title } of citations) {
    if (url && !pages.has(url)) pages.set(url, title ? { url, title } : { url });
  }
  if (pages.size === 0) return [];
  return [{ type: 'hosted-call', id: `ws_${id}`, queries: [], sources: [...pages.values()] }];
}
