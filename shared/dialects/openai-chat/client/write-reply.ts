import type { ChatReply, Choice } from '../../../chat/reply.ts';
import type { AssistantPart, TextPart, ThinkingPart, ToolCallPart } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { DialectContext } from '../../dialect.ts';
import { writeAnnotation, writeExtraContent, writeFinish } from '../names.ts';
import { writeUsage } from '../usage.ts';

/** Writes a whole reply for a caller. `content` and `refusal` are always there, null where nothing was said. */
export function writeReply(reply: ChatReply, { now }: DialectContext): JsonObject {
  return {
    id: reply.id,
    object: 'chat.completion',
    created: reply.created ?? now,
    model: reply.model,
    ...reply.native,
    choices: reply.choices.map(writeChoice),
    usage: writeUsage(reply.usage ?? { input: 0, output: 0 }),
  };
}

function writeChoice({ parts, finish, logprobs }: Choice, index: number): JsonObject {
  return { index, finish_reason: finishOf(parts, finish), logprobs: logprobs ?? null, message: writeMessage(parts) };
}

function finishOf(parts: AssistantPart[], finish: Choice['finish']): string {
  return parts.some((part) => part.type === 'tool-call' && part.legacy) ? 'function_call' : writeFinish(finish);
}

function writeMessage(parts: AssistantPart[]): JsonObject {
  const texts = parts.filter((part) => part.type === 'text');
  const refusals = parts.filter((part) => part.type === 'refusal');
  const calls = parts.filter((part) => part.type === 'tool-call');
  const legacy = calls.find((call) => call.legacy);
  return {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.map(({ text }) => text).join(''),
    refusal: refusals.length === 0 ? null : refusals.map(({ text }) => text).join(''),
    ...writeThinking(parts.filter((part) => part.type === 'thinking')),
    ...writeAnnotations(texts),
    ...(legacy ? { function_call: { name: legacy.name, arguments: legacy.arguments } } : {}),
    ...(calls.length > 0 && !legacy ? { tool_calls: calls.map(writeCall) } : {}),
  };
}

/** Thinking as text for clients that show it, and as blocks with signatures for clients that send it back with the history. */
function writeThinking(thinking: ThinkingPart[]): JsonObject {
  if (thinking.length === 0) return {};
  const text = thinking.map((part) => part.text).join('');
  const blocks = thinking.some((part) => part.signature) ? { thinking_blocks: thinking.map(writeThinkingBlock) } : {};
  return { ...(text === '' ? {} : { reasoning_content: text }), ...blocks };
}

export function writeThinkingBlock({ text, signature, redacted }: ThinkingPart): JsonObject {
  const issuer = signature && signature.issuer !== 'anthropic' ? { issuer: signature.issuer } : {};
  if (redacted) return { type: 'redacted_thinking', data: signature?.value ?? '', ...issuer };
  return { type: 'thinking', thinking: text, signature: signature?.value ?? '', ...issuer };
}

function writeAnnotations(texts: TextPart[]): JsonObject {
  const citations = texts.flatMap((text) => text.citations ?? []);
  return citations.length === 0 ? {} : { annotations: citations.map(writeAnnotation) };
}

function writeCall({ id, name, arguments: text, kind, signature }: ToolCallPart): JsonObject {
  const extra = signature ? { extra_content: writeExtraContent(signature) } : {};
  if (kind === 'custom') return { id, type: 'custom', custom: { name, input: text }, ...extra };
  return { id, type: 'function', function: { name, arguments: text === '' ? '{}' : text }, ...extra };
}
