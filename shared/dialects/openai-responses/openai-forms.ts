import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { wordOf } from '../kit/read-values.ts';

/** Types of tools and items that OpenAI alone takes, those aside that have a form which all know. */
const openaiOnly: ReadonlySet<string> = new Set(
  [
    'tool_search local_shell shell apply_patch computer computer_use_preview image_generation',
    'additional_tools agent_message compaction_trigger image_generation_call',
  ].flatMap((line) => line.split(' ')),
);

/** Whether OpenAI alone can do what a tool or an item of its own asks for. */
export const isOpenaiOnly = ({ type, external_web_access: access }: JsonObject): boolean =>
  access === false || openaiOnly.has(wordOf(type));

/** Fields of tools that others refuse. */
const OPENAI_FIELDS = ['external_web_access', 'defer_loading'] as const;

/** Whether a tool is written in a form of OpenAI's: in a group, of free text, or with a field that others refuse. */
export const isOpenaiTool = (tool: JsonObject): boolean =>
  tool.type === 'namespace' ||
  tool.type === 'custom' ||
  OPENAI_FIELDS.some((name) => name in tool) ||
  isOpenaiOnly(tool);

/** Calls of tools that the caller runs, each with its output: all but functions are OpenAI's. */
const CALLERS_ITEM = /^(?:custom_tool|local_shell|shell|apply_patch|computer|tool_search)(?:_call)?(?:_output)?$/;

/** Whether an item is written in a form of OpenAI's. */
export function isOpenaiItem(item: unknown): boolean {
  if (!isJsonObject(item)) return false;
  const isNullReasoning = item.type === 'reasoning' && item.content === null;
  return isNullReasoning || item.namespace != null || CALLERS_ITEM.test(wordOf(item.type)) || isOpenaiOnly(item);
}
