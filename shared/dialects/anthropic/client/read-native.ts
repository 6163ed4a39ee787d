import type { TextPart } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { filled } from '../../kit/read-values.ts';
import { ANTHROPIC } from '../names.ts';

/**
 * Blocks that only this dialect has and whose meaning every model can be told: in results of tools, an answer of "nothing" in their
 * place would make the model search again and again. Undefined for other blocks.
 */
export function readAsText(block: JsonObject): Omit<TextPart, 'cache'> | undefined {
  if (block.type === 'tool_reference') return { type: 'text', text: toolFound(block) };
  if (block.type !== 'search_result') return undefined;
  return { type: 'text', text: searchResult(block), native: { dialect: ANTHROPIC, fields: block } };
}

/** Its vendor loads the tool that is named. Here all tools are sent from the start, so what was found can be called. */
function toolFound({ tool_name: name }: JsonObject): string {
  const found = filled(name);
  return found ? `Found the tool '${found}'. It can be called now.` : 'Found a tool. It can be called now.';
}

function searchResult({ title, source, content }: JsonObject): string {
  const attributes = Object.entries({ title, source })
    .map(([name, value]) => (filled(value) ? ` ${name}=${JSON.stringify(value)}` : ''))
    .join('');
  const texts = (Array.isArray(content) ? content : [{ text: content }])
    .filter(isJsonObject)
    .flatMap(({ text }) => filled(text) ?? []);
  return `<search_result${attributes}>\n${texts.join('\n')}\n</search_result>`;
}

/** Whether a tool, or a block of an answer, is of the vendor's search among deferred tools. */
export const isToolSearch = (type: unknown): boolean => typeof type === 'string' && /^tool_search_tool/.test(type);

/** What the vendor's own search left in an answer; without that search it means nothing to any model. */
export const isOfToolSearch = ({ type, name }: JsonObject): boolean =>
  isToolSearch(type) || (type === 'server_tool_use' && isToolSearch(name));
