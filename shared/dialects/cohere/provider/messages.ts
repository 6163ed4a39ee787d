import { repairToolChain } from '../../../chat/repair-tool-chain.ts';
import type { AssistantMessage, Message, ToolCallPart, ToolResult, UserPart } from '../../../chat/request.ts';
import { EMPTY_RESULT } from '../../../chat/turns.ts';
import { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import { typeOfPart, unsupportedContent } from '../../kit/refusals.ts';
import { objectText } from '../../kit/tool-arguments.ts';

/**
 * Writes the conversation. Cohere refuses messages without content: what says nothing is left out. It refuses calls without
 * results, too.
 */
export function writeMessages(messages: readonly Message[], withThinking: boolean): JsonObject[] {
  const places = new Map<Message, string>(messages.map((message, position) => [message, `messages[${position}]`]));
  const written = repairToolChain(messages).flatMap((message) =>
    writeMessage(message, places.get(message) ?? 'messages', withThinking),
  );
  if (written.some(({ role }) => role !== 'system')) return written;
  throw new GatewayError(
    'invalid_request',
    "Invalid 'messages': the model's provider needs a message of the user with some content.",
    { param: 'messages', code: 'invalid_value' },
  );
}

function writeMessage(message: Message, place: string, withThinking: boolean): JsonObject[] {
  switch (message.role) {
    case 'system':
    case 'user':
      return withContent({ role: message.role }, writeContent(message.parts, `${place}.content`));
    case 'assistant':
      return writeAssistant(message, place, withThinking);
    case 'tool':
      return writeResults(message.results, place);
  }
}

function withContent(message: JsonObject, content: JsonObject[]): JsonObject[] {
  const [only] = content;
  if (only === undefined) return [];
  return [{ ...message, content: content.length === 1 && only.type === 'text' ? only.text : content }];
}

function writeContent(parts: readonly UserPart[], where: string): JsonObject[] {
  return parts.flatMap((part, index): JsonObject[] => {
    if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    if (part.type === 'image' && part.source.type !== 'id') return [writeImage(part, part.source)];
    throw unsupportedContent(typeOfPart(part), `${where}[${index}]`);
  });
}

type Image = Extract<UserPart, { type: 'image' }>;
const details = new Set(['auto', 'low', 'high']);

function writeImage({ detail }: Image, source: Exclude<Image['source'], { type: 'id' }>): JsonObject {
  const url = source.type === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
  return { type: 'image_url', image_url: { url, ...(detail && details.has(detail) ? { detail } : {}) } };
}

/** Beside tool calls, all text is the plan: Cohere's models write no other text there. Older thinking has no place. */
function writeAssistant({ parts }: AssistantMessage, place: string, withThinking: boolean): JsonObject[] {
  const calls = parts.filter((part) => part.type === 'tool-call');
  const thinking = withThinking && calls.length > 0 ? parts.filter((part) => part.type === 'thinking') : [];
  const said = parts.flatMap((part, index) => {
    if (part.type === 'text' || part.type === 'refusal') return [part.text];
    if (part.type === 'thinking' || part.type === 'tool-call') return [];
    throw unsupportedContent(typeOfPart(part), `${place}.content[${index}]`);
  });
  if (calls.length === 0) return withContent({ role: 'assistant' }, textContent(said.join('')));
  const plan = [...thinking.map(({ text }) => text), said.join('')].filter((text) => text !== '').join('\n');
  return [{ role: 'assistant', tool_calls: calls.map(writeCall), ...(plan === '' ? {} : { tool_plan: plan }) }];
}

const textContent = (text: string): JsonObject[] => (text === '' ? [] : [{ type: 'text', text }]);

function writeCall({ id, name, arguments: text }: ToolCallPart): JsonObject {
  return { id, type: 'function', function: { name, arguments: objectText(text) } };
}

/** All results first, then what they showed: a result is text here, its images follow in a message of the user's. */
function writeResults(results: readonly ToolResult[], place: string): JsonObject[] {
  const shown = results.flatMap(({ parts }) => parts.filter(({ type }) => type === 'image' || type === 'file'));
  const messages = results.map((result) => ({
    role: 'tool',
    tool_call_id: result.callId,
    content: resultText(result),
  }));
  return [...messages, ...withContent({ role: 'user' }, writeContent(shown, `${place}.content`))];
}

function resultText({ parts, isError }: ToolResult): string {
  const texts = parts.flatMap((part) => {
    if (part.type === 'text') return part.text === '' ? [] : [part.text];
    return part.type === 'native' ? [] : [`[${part.type} returned, see next message]`];
  });
  const text = texts.length === 0 ? EMPTY_RESULT : texts.join('\n');
  return isError ? `Error: ${text}` : text;
}
