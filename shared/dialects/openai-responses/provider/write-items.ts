import { callsOf } from '../../../chat/map-parts.ts';
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  Native,
  ResultPart,
  ThinkingPart,
  ToolCallPart,
  ToolResult,
  UserPart,
} from '../../../chat/request.ts';
import type { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import { wordOf } from '../../kit/read-values.ts';
import { unsupported, unsupportedContent } from '../../kit/refusals.ts';
import type { Traits } from '../../traits.ts';
import { isOpenaiSignature, OPENAI_RESPONSES, writeAnnotation } from '../names.ts';
import { writeContent } from '../parts.ts';

/**
 * Writes a conversation as input items. Items carry no ids of their own but the reasoning: OpenAI would look for the others in
 * its store, and for the reasoning that belongs to a call by the call's.
 */
export function writeItems(messages: readonly Message[], traits: Traits): JsonObject[] {
  const types = new Map(messages.flatMap(callsOf).map((call) => [call.id, typeOfCall(call)]));
  return messages.flatMap((message, position) => writeItem(message, `messages[${position}]`, types, traits));
}

const isOwn = (native: Native | undefined): native is Native => native?.dialect === OPENAI_RESPONSES;

function typeOfCall({ kind, native }: ToolCallPart): string {
  if (isOwn(native)) return wordOf(native.fields.type);
  return kind === 'custom' ? 'custom_tool_call' : 'function_call';
}

function writeItem(message: Message, at: string, types: ReadonlyMap<string, string>, traits: Traits): JsonObject[] {
  switch (message.role) {
    case 'system': {
      const role = message.variant === 'developer' && !traits.developerAsSystem ? 'developer' : 'system';
      return writeMessage(role, message.parts, at);
    }
    case 'user':
      return writeUser(message.parts, at);
    case 'assistant':
      return writeAssistant(message, at, traits);
    case 'tool':
      return message.results.flatMap((result) => writeResult(result, types.get(result.callId), at));
  }
}

/** A message of empty texts only is a 400 at some servers: it is left out. */
function writeMessage(role: string, parts: readonly UserPart[], at: string): JsonObject[] {
  const said = parts.filter((part) => part.type !== 'text' || part.text !== '');
  if (said.length === 0) return [];
  const content = said.map((part, index) => writeContent(part, `${at}.content[${index}]`));
  return [{ type: 'message', role, content }];
}

/** Items of OpenAI's own tools stand beside the messages, not within them. */
function writeUser(parts: readonly UserPart[], at: string): JsonObject[] {
  return runsOf(parts, isOwnItem).flatMap((run) =>
    isOwnItem(run[0]!) ? run.map(fieldsOf) : writeMessage('user', run, at),
  );
}

const isContentType = (type: unknown): boolean => /^(?:input|output)_(?:text|image|file|audio)$/.test(wordOf(type));

function isOwnItem(part: UserPart | AssistantPart): boolean {
  return part.type === 'native' && part.native.dialect === OPENAI_RESPONSES && !isContentType(part.native.fields.type);
}

const fieldsOf = (part: UserPart | AssistantPart): JsonObject => (part.type === 'native' ? part.native.fields : {});

/** Cuts a list wherever the mark of its elements changes. */
function runsOf<Element>(list: readonly Element[], mark: (element: Element) => unknown): Element[][] {
  const runs: Element[][] = [];
  for (const element of list) {
    const run = runs.at(-1);
    if (run && mark(run[0]!) === mark(element)) run.push(element);
    else runs.push([element]);
  }
  return runs;
}

const isSaid = (part: AssistantPart): boolean => part.type === 'text' || part.type === 'refusal';

/** The reasoning of a turn is a 400 unless what it led to follows: reasoning at the end of a turn is left out. */
function writeAssistant({ parts }: AssistantMessage, at: string, traits: Traits): JsonObject[] {
  const keepsThinking = traits.thinkingHistory !== 'strip';
  const kept = parts.filter((part) => part.type !== 'thinking' || (keepsThinking && isOpenaiSignature(part.signature)));
  const items = runsOf(kept, isSaid).flatMap((run) =>
    isSaid(run[0]!) ? writeSaid(run) : run.flatMap((part, index) => writeDone(part, `${at}.content[${index}]`)),
  );
  while (items.at(-1)?.type === 'reasoning') items.pop();
  return items;
}

function writeSaid(parts: readonly AssistantPart[]): JsonObject[] {
  const content = parts.flatMap((part): JsonObject[] => {
    if (part.type === 'refusal') return [{ type: 'refusal', refusal: part.text.toWellFormed() }];
    if (part.type !== 'text' || part.text === '') return [];
    const annotations = (part.citations ?? []).map(writeAnnotation);
    return [{ type: 'output_text', text: part.text.toWellFormed(), annotations }];
  });
  return content.length === 0 ? [] : [{ type: 'message', role: 'assistant', content }];
}

function writeDone(part: AssistantPart, at: string): JsonObject[] {
  switch (part.type) {
    case 'thinking':
      return [writeThinking(part)];
    case 'tool-call':
      return [writeCall(part)];
    case 'native':
      if (part.native.fields.type === 'item_reference') throw notStored();
      if (part.native.dialect === OPENAI_RESPONSES) return [part.native.fields];
      throw unsupportedContent(wordOf(part.native.fields.type), at);
    default:
      // Images and sounds of the model's own cannot go back to it: every vendor refuses them there.
      return [];
  }
}

/** One account's store is shared by all callers of this gateway. */
const notStored = (): GatewayError =>
  unsupported(
    "Unsupported parameter: items are not stored here, so send the item itself, not an 'item_reference'.",
    'input',
  );

/** The signature covers the id: one that is not known is left out, since a wrong one is a 400. */
function writeThinking({ text, signature }: ThinkingPart): JsonObject {
  const summary = text === '' ? [] : [{ type: 'summary_text', text: text.toWellFormed() }];
  const id = signature?.id === undefined ? {} : { id: signature.id };
  return { type: 'reasoning', ...id, summary, encrypted_content: signature?.value ?? null };
}

function writeCall({ id, name, arguments: text, kind, native }: ToolCallPart): JsonObject {
  if (isOwn(native))
    return wholeItems.has(wordOf(native.fields.type)) ? native.fields : { ...native.fields, call_id: id };
  const said = text.toWellFormed();
  if (kind === 'custom') return { type: 'custom_tool_call', call_id: id, name, input: said };
  return { type: 'function_call', call_id: id, name, arguments: said.trim() === '' ? '{}' : said };
}

/** Items that hold what came of them: no other item answers them. */
export const wholeItems: ReadonlySet<string> = new Set(['code_interpreter_call', 'mcp_call', 'file_search_call']);

function writeResult({ callId, parts, isError, native }: ToolResult, type = 'function_call', at: string): JsonObject[] {
  if (wholeItems.has(type)) return [];
  if (isOwn(native)) return [{ ...native.fields, call_id: callId }];
  if (type === 'tool_search_call') {
    return [{ type: 'tool_search_output', call_id: callId, execution: 'client', status: 'completed', tools: [] }];
  }
  return [{ type: `${type}_output`, call_id: callId, output: writeOutput(marked(parts, isError), at) }];
}

/** No field says that a tool failed: its text does. */
function marked(parts: readonly ResultPart[], isError: boolean | undefined): readonly ResultPart[] {
  if (!isError) return parts;
  const [first, ...rest] = parts;
  if (first?.type === 'text') return [{ ...first, text: `Error: ${first.text}` }, ...rest];
  return [{ type: 'text', text: 'Error:' }, ...parts];
}

/** One text is a string, as it always was; anything more is a list of parts, images and files among them. */
function writeOutput(parts: readonly ResultPart[], at: string): string | JsonObject[] {
  const [only] = parts;
  if (only === undefined) return '';
  if (parts.length === 1 && only.type === 'text') return only.text.toWellFormed();
  return parts.map((part, index) => writeContent(part, `${at}.content[${index}]`));
}
