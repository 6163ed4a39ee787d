import type { Message, NativePart, ResultPart, ToolCallPart } from '../../chat/request.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { filled, textOf, wordOf } from '../kit/read-values.ts';
import { readSummary } from './compaction.ts';
import { OPENAI_RESPONSES } from './names.ts';
import { readContent } from './parts.ts';
import type { WireContent, WireItem } from './wire.ts';

/**
 * Items of OpenAI's own tools and of its store, so that a conversation goes on with any model. What a tool of the caller's did is
 * a call with its result; what OpenAI's did is one too, where the item says what came of it; the rest only this dialect can
 * write again, and other targets go without it.
 */
export function readOwnItem(item: WireItem, at: string): Message[] {
  const { type } = item;
  const call = callers[type];
  if (call) return [called(item, callIdOf(item), call.name, JSON.stringify(item[call.input] ?? {}))];
  const result = /^(.+?)(?:_call)?_output$/.exec(type)?.[1];
  if (result !== undefined && Object.hasOwn(callers, `${result}_call`)) return [answered(item, at)];
  switch (type) {
    case 'code_interpreter_call':
      return done(item, { name: 'code_interpreter', input: { code: textOf(item.code) }, output: logsOf(item.outputs) });
    case 'mcp_call':
      return done(item, {
        name: [item.server_label, item.name].map(wordOf).join('__'),
        input: textOf(item.arguments) || '{}',
        output: textOf(item.output) || wordsOf(item.error),
      });
    case 'file_search_call':
      if (!Array.isArray(item.results) || item.results.length === 0) return [left(item)];
      return done(item, {
        name: 'file_search',
        input: { queries: item.queries },
        output: item.results.map((found) => wordsOf(isJsonObject(found) ? (found.text ?? found) : found)).join('\n\n'),
      });
    case 'image_generation_call':
      // Other models take none in their own messages; that there was one is part of the conversation.
      return [left(item, [{ type: 'text', text: '[image omitted]' }])];
    case 'compaction':
    case 'compaction_summary':
    case 'context_compaction': {
      const summary = readSummary(item.encrypted_content);
      if (summary !== undefined) return [{ role: 'user', parts: [{ type: 'text', text: summary }] }];
      return [left(item, [], `input.${type}`)];
    }
    case 'web_search_call':
    case 'mcp_list_tools':
    case 'mcp_approval_request':
    case 'mcp_approval_response':
    case 'additional_tools':
      return [left(item)];
    default:
      return [left(item, [], `input.${type.slice(0, 64)}`)];
  }
}

/** Tools that the caller runs and OpenAI has items for: what they are called elsewhere, and which field says what to do. */
const callers: Readonly<Record<string, { name: string; input: string } | undefined>> = Object.assign(
  Object.create(null),
  {
    local_shell_call: { name: 'local_shell', input: 'action' },
    shell_call: { name: 'shell', input: 'action' },
    apply_patch_call: { name: 'apply_patch', input: 'operation' },
    computer_call: { name: 'computer', input: 'action' },
    tool_search_call: { name: 'tool_search', input: 'arguments' },
  },
);

const callIdOf = ({ call_id: call, id }: JsonObject): string => filled(call) ?? filled(id) ?? 'call';

const ownFields = (item: WireItem) => ({ native: { dialect: OPENAI_RESPONSES, fields: item as JsonObject } });

function called(item: WireItem, id: string, name: string, text: string): Message {
  const call: ToolCallPart = { type: 'tool-call', id, name, arguments: text, ...ownFields(item) };
  return { role: 'assistant', parts: [call] };
}

const answered = (item: WireItem, at: string): Message => ({
  role: 'tool',
  results: [{ callId: callIdOf(item), parts: readOutput(item, at), ...ownFields(item) }],
});

/** What a tool gave back: a text, parts, a screenshot, what a shell wrote, or the tools that a search found. */
function readOutput({ output, tools }: JsonObject, at: string): ResultPart[] {
  const found = output ?? tools ?? '';
  if (isJsonObject(found) && typeof found.image_url === 'string') {
    const image = readContent({ type: 'input_image', image_url: found.image_url }, `${at}.output`);
    return image.type === 'image' ? [image] : [];
  }
  if (Array.isArray(found) && found.length > 0 && found.every((part) => /^input_/.test(wordOf(part?.type)))) {
    return (found as WireContent[])
      .map((part, index) => readContent(part, `${at}.output[${index}]`))
      .filter((part) => part.type !== 'audio');
  }
  return [{ type: 'text', text: wordsOf(found) }];
}

const wordsOf = (value: unknown): string =>
  typeof value === 'string' ? value : value == null ? '' : JSON.stringify(value);

/** A call whose item holds its result too: one item of OpenAI's, two messages elsewhere. */
function done(item: WireItem, { name, input, output }: { name: string; input: unknown; output: string }): Message[] {
  const id = callIdOf(item);
  const text = typeof input === 'string' ? input : JSON.stringify(input);
  return [
    called(item, id, name, text),
    { role: 'tool', results: [{ callId: id, parts: [{ type: 'text', text: output }] }] },
  ];
}

const logsOf = (outputs: unknown): string =>
  (Array.isArray(outputs) ? outputs : []).map((output) => wordsOf(output?.logs ?? output?.url)).join('\n');

function left(item: WireItem, instead: NonNullable<NativePart['instead']> = [], lostAs?: string): Message {
  const part: NativePart = { type: 'native', ...ownFields(item), instead, ...(lostAs === undefined ? {} : { lostAs }) };
  // An item of the model's making unless it answers one.
  return /_(?:output|response)$/.test(item.type)
    ? { role: 'user', parts: [part] }
    : { role: 'assistant', parts: [part] };
}
