import { pushAll } from '../chat/push-all.ts';
import type { AssistantPart, Message, ResultPart, ToolResult, UserPart } from '../chat/request.ts';
import { isBlank } from '../chat/turns.ts';
import type { Count } from './changes.ts';

/** Joins neighbouring tool messages into one; on the wire each result is a message of its own anyway. */
export function withJoinedResults(messages: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (message.role === 'tool' && last?.role === 'tool') pushAll(last.results, message.results);
    else joined.push(message.role === 'tool' ? { ...message, results: [...message.results] } : message);
  }
  return joined;
}

/** Rewrites legacy and vendor-specific parts as plain ones. */
export function inPlainForm(message: Message, thinking: 'keep' | 'strip', count: Count): Message {
  switch (message.role) {
    case 'system': {
      if (message.variant === undefined) return message;
      const { variant: _, ...plain } = message;
      count('converted');
      return plain;
    }
    case 'user':
      return message;
    case 'assistant':
      return { ...message, parts: message.parts.flatMap((part) => plainPart(part, thinking, count)) };
    case 'tool':
      return { role: 'tool', results: message.results.map((result) => plainResult(result, count)) };
  }
}

function plainPart(part: AssistantPart, thinking: 'keep' | 'strip', count: Count): AssistantPart[] {
  switch (part.type) {
    case 'thinking':
      if (thinking === 'keep') return [part];
      count('stripped');
      return [];
    case 'refusal':
      count('converted');
      return [{ type: 'text', text: part.text }];
    case 'image':
    case 'audio':
      count('dropped');
      return [{ type: 'text', text: `[${part.type}]` }];
    case 'tool-call': {
      if (!part.legacy) return [part];
      const { legacy: _, ...call } = part;
      count('converted');
      return [call];
    }
    case 'text':
      // A signature would keep a text that is empty.
      return [part.signature && isBlank(part.text) ? { type: 'text', text: part.text } : part];
    case 'hosted-call':
    case 'native':
      return [part];
  }
}

function plainResult(result: ToolResult, count: Count): ToolResult {
  if (!result.legacy) return result;
  const { legacy: _, ...plain } = result;
  count('converted');
  return plain;
}

/** Keeps a result's text; moves its images to a user message that names the tool call. */
export function withPicturesBehind(message: Message, count: Count): Message[] {
  if (message.role !== 'tool' || !message.results.some(({ parts }) => parts.some(isPicture))) return [message];
  const shown: UserPart[] = [];
  const results = message.results.map((result): ToolResult => {
    const pictures = result.parts.filter(isPicture);
    if (pictures.length === 0) return result;
    count('moved', pictures.length);
    shown.push({ type: 'text', text: `[returned by tool call ${result.callId}]` }, ...pictures);
    const parts = result.parts.map(
      (part): ResultPart =>
        isPicture(part) ? { type: 'text', text: `[${part.type} returned, see next message]` } : part,
    );
    return { ...result, parts };
  });
  return [
    { role: 'tool', results },
    { role: 'user', parts: shown },
  ];
}

type Picture = Extract<ResultPart, { type: 'image' | 'file' }>;
const isPicture = (part: ResultPart): part is Picture => part.type === 'image' || part.type === 'file';
