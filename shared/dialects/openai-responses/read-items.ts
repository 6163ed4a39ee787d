import { pushAll } from '../../chat/push-all.ts';
import type { AssistantPart, Message, ResultPart, TextPart, ThinkingPart, UserPart } from '../../chat/request.ts';
import type { JsonObject } from '../../http/json.ts';
import { OPENAI_RESPONSES, readAnnotation, readEncrypted, readSignature } from './names.ts';
import { readOwnItem } from './own-items.ts';
import { readContent } from './parts.ts';
import type { ToolNames } from './tool-names.ts';
import type { WireContent, WireItem } from './wire.ts';

/**
 * Reads input items. What the assistant did in one turn comes in several items (reasoning, text, calls) and is one message of
 * the hub; so are results that follow one another.
 */
export function readItems(items: readonly WireItem[], names: Pick<ToolNames, 'hubName'>): Message[] {
  const messages: Message[] = [];
  for (const [index, item] of items.entries()) {
    for (const next of readItem(item, `input[${index}]`, names)) {
      const last = messages.at(-1);
      if (next.role === 'assistant' && last?.role === 'assistant') pushAll(last.parts, next.parts);
      else if (next.role === 'tool' && last?.role === 'tool') pushAll(last.results, next.results);
      else messages.push(next);
    }
  }
  return messages;
}

function readItem(item: WireItem, at: string, names: Pick<ToolNames, 'hubName'>): Message[] {
  switch (item.type) {
    case 'reasoning': {
      const thinking = readThinking(item);
      return thinking ? [{ role: 'assistant', parts: [thinking] }] : [];
    }
    case 'function_call':
    case 'custom_tool_call':
      return [{ role: 'assistant', parts: [readCall(item, names)] }];
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [
        {
          role: 'tool',
          results: [{ callId: String(item.call_id), parts: readResult(contentOf(item.output), at) }],
        },
      ];
    case 'message':
      return [readMessage(item, at)];
    default:
      return readOwnItem(item, at);
  }
}

const contentOf = (content: unknown): WireContent[] =>
  typeof content === 'string' ? [{ type: 'input_text', text: content }] : (content as WireContent[]);

function readMessage(item: WireItem, at: string): Message {
  const content = contentOf(item.content);
  switch (item.role) {
    case 'assistant':
      return { role: 'assistant', parts: content.map((part, index) => readSaid(part, `${at}.content[${index}]`)) };
    case 'system':
      return { role: 'system', parts: readTexts(content, at) };
    case 'developer':
      return { role: 'system', variant: 'developer', parts: readTexts(content, at) };
    default:
      return { role: 'user', parts: readParts(content, at, 'content') };
  }
}

const readParts = (content: WireContent[], at: string, field: string): UserPart[] =>
  content.map((part, index) => readContent(part, `${at}.${field}[${index}]`));

/** Instructions are text. */
const readTexts = (content: WireContent[], at: string): TextPart[] =>
  readParts(content, at, 'content').filter((part) => part.type === 'text');

const readResult = (content: WireContent[], at: string): ResultPart[] =>
  readParts(content, at, 'output').filter((part) => part.type !== 'audio');

function readSaid(part: WireContent, at: string): AssistantPart {
  if (part.type === 'refusal') return { type: 'refusal', text: String(part.refusal) };
  const read = readContent(part, at);
  if (read.type === 'file') return { type: 'native', native: { dialect: OPENAI_RESPONSES, fields: part } };
  if (read.type !== 'text' || !Array.isArray(part.annotations)) return read;
  const citations = part.annotations.flatMap(readAnnotation);
  return citations.length === 0 ? read : { ...read, citations };
}

/** Reasoning with neither text nor signature is a reference to OpenAI's store, which is not open to callers of this gateway. */
export function readThinking(item: JsonObject): ThinkingPart | undefined {
  const encrypted = readEncrypted(item.encrypted_content, item.id);
  const text = thinkingText(item);
  if (!encrypted) return text === '' ? undefined : { type: 'thinking', text };
  return { type: 'thinking', text, signature: encrypted.signature, ...(encrypted.redacted ? { redacted: true } : {}) };
}

/** The text of a reasoning item: the model's own where it is shown, else the summary, a blank line between its pieces. */
export function thinkingText({ content, summary }: JsonObject): string {
  const own = textsOf(content);
  return (own.length > 0 ? own : textsOf(summary)).join('\n\n');
}

const textsOf = (parts: unknown): string[] =>
  Array.isArray(parts) ? parts.flatMap((part) => (typeof part?.text === 'string' ? [part.text] : [])) : [];

function readCall(item: JsonObject, { hubName }: Pick<ToolNames, 'hubName'>): AssistantPart {
  const id = String(item.call_id);
  const name = hubName({ name: String(item.name), namespace: item.namespace });
  const signed = readSignature(item) ?? {};
  if (item.type === 'custom_tool_call') {
    return { type: 'tool-call', kind: 'custom', id, name, arguments: String(item.input), ...signed };
  }
  return { type: 'tool-call', id, name, arguments: String(item.arguments), ...signed };
}
