import type {
  AssistantPart,
  Message,
  ResultPart,
  TextPart,
  ToolCallPart,
  ToolMessage,
  ToolResult,
  UserPart,
} from './request.ts';

/** A part of any message: what a user, the assistant, an instruction or the result of a tool may hold. */
export type Part = UserPart | AssistantPart | ResultPart;

/** The parts of any message in order; of a message of tool results, the parts of all its results. */
export function partsOf(message: Message): readonly Part[] {
  return message.role === 'tool' ? message.results.flatMap(({ parts }) => parts) : message.parts;
}

/** The calls of tools in any message; only the assistant's messages hold some. */
export function callsOf(message: Message): ToolCallPart[] {
  return message.role === 'assistant' ? message.parts.filter((part) => part.type === 'tool-call') : [];
}

/** A part or what stands in its place: text is the one kind of part that every message may hold. */
export type ReplacePart = <Kind extends Part>(part: Kind) => Kind | TextPart;

/** The message with each of its parts, those of tool results included, replaced in order. */
export function mapParts(message: Message, replace: ReplacePart): Message {
  switch (message.role) {
    case 'system':
      return { ...message, parts: message.parts.map((part) => replace(part)) };
    case 'user':
      return { ...message, parts: message.parts.map((part) => replace(part)) };
    case 'assistant':
      return { ...message, parts: message.parts.map((part) => replace(part)) };
    case 'tool':
      return mapResults(message, (result) => ({ ...result, parts: result.parts.map((part) => replace(part)) }));
  }
}

export interface ReplaceTools {
  call(call: ToolCallPart): ToolCallPart;
  result(result: ToolResult, position: number): ToolResult;
}

/** The message with its calls of tools, or the results it holds, replaced: for names and ids, which stand on both. */
export function mapTools(message: Message, { call, result }: ReplaceTools): Message {
  if (message.role === 'tool') return mapResults(message, result);
  // Most messages hold no call, and long conversations are not to be copied for nothing.
  if (message.role !== 'assistant' || !message.parts.some(({ type }) => type === 'tool-call')) return message;
  return { ...message, parts: message.parts.map((part) => (part.type === 'tool-call' ? call(part) : part)) };
}

function mapResults(message: ToolMessage, replace: ReplaceTools['result']): ToolMessage {
  return { ...message, results: message.results.map(replace) };
}
