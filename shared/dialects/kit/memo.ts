import type { ChatRequest } from '../../chat/request.ts';
import type { TranslationMemo } from '../dialect.ts';

/** What the way back must know of a request's tools: names changed, a tool for the answer's schema, tools of free text. */
export function memoOf(
  { tools = [] }: Pick<ChatRequest, 'tools'>,
  toolNames: TranslationMemo['toolNames'],
  { formatTool }: Pick<TranslationMemo, 'formatTool'>,
): TranslationMemo | undefined {
  const custom = tools.filter(({ kind }) => kind === 'custom').map(({ name }) => name);
  const memo: TranslationMemo = {
    ...(toolNames ? { toolNames } : {}),
    ...(formatTool ? { formatTool } : {}),
    ...(tools.some(({ hosted }) => hosted?.type === 'web-search') ? { searched: true } : {}),
    ...(custom.length > 0 ? { customTools: new Set(custom) } : {}),
  };
  return Object.keys(memo).length > 0 ? memo : undefined;
}
