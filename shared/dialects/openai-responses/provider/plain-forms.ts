import { mapTools } from '../../../chat/map-parts.ts';
import type { ChatRequest, Native, Tool } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { DialectTarget } from '../../dialect.ts';
import { wordOf } from '../../kit/read-values.ts';
import { withoutCustomTools } from '../../kit/tool-arguments.ts';
import { OPENAI_RESPONSES } from '../names.ts';
import { isOpenaiOnly } from '../openai-forms.ts';
import { wholeItems } from './write-items.ts';

/** Whether a target takes a tool or an item of this dialect's own. */
export const takesOwn = (fields: JsonObject, { traits }: DialectTarget): boolean =>
  traits.openaiForms !== 'plain' || !isOpenaiOnly(fields);

/**
 * The request without the forms that OpenAI alone takes, and the names of its tools of free text, for the way back: all tools that
 * the caller runs are functions.
 */
export function plainForms(request: ChatRequest): ReturnType<typeof withoutCustomTools> {
  const { messages, tools } = request;
  return withoutCustomTools({
    ...request,
    messages: messages.map((message) => mapTools(message, asPlain)),
    ...(tools ? { tools: tools.map(plainTool) } : {}),
  });
}

const asPlain: Parameters<typeof mapTools>[1] = {
  call(call) {
    if (!isCallers(call.native)) return call;
    const { native: _, ...plain } = call;
    return plain;
  },
  result(result) {
    if (!isCallers(result.native)) return result;
    const { native: _, ...plain } = result;
    return plain;
  },
};

/** Of a tool that the caller runs; what a provider ran is one item with what came of it. */
const isCallers = (native: Native | undefined): boolean =>
  native?.dialect === OPENAI_RESPONSES && !wholeItems.has(wordOf(native.fields.type));

/** Whether the web may be reached is no question elsewhere: a search that may not is no such tool. */
function plainTool(tool: Tool): Tool {
  const { kind, native } = tool;
  if (kind !== 'native' || native?.dialect !== OPENAI_RESPONSES) return tool;
  const { external_web_access: _, ...fields } = native.fields;
  return { ...tool, native: { ...native, fields } };
}
