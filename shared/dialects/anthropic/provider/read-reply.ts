import { defined } from '../../../chat/defined.ts';
import type { ChatReply } from '../../../chat/reply.ts';
import type { AssistantPart } from '../../../chat/request.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject } from '../../../http/json.ts';
import type { ReadContext } from '../../dialect.ts';
import { filled, textOf } from '../../kit/read-values.ts';
import { freeTextOf } from '../../kit/tool-arguments.ts';
import { callersName } from '../../kit/tool-names.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { errorWithin } from '../errors.ts';
import { ANTHROPIC, readCitation, readStopReason } from '../names.ts';
import { readThinkingPart } from '../signatures.ts';
import { readUsage } from '../usage.ts';
import type { WireReply, WireReplyBlock } from '../wire-reply.ts';
import { searchReader } from './read-search.ts';

/** Reads a whole reply. A 200 that is an error, or that has no content in it, is the provider's failure. */
export function readReply(body: Unchecked<WireReply>, context: ReadContext): ChatReply {
  const error = errorWithin(body);
  if (error) throw error;
  if (!Array.isArray(body.content)) throw new GatewayError('upstream', 'The provider answered without any content.');
  const blocks = body.content.filter(isJsonObject);
  const searches = searchReader();
  const parts = blocks.flatMap((block, index): AssistantPart[] => {
    if (searches.opens(block)) return searches.open(block, block.input);
    return searches.found(block) ?? [readBlock(block, index, context)];
  });
  const explanation = explanationOf(body);
  if (explanation) parts.push({ type: 'refusal', text: explanation });
  return {
    id: filled(body.id) ?? `msg_${context.id}`,
    model: filled(body.model) ?? context.model,
    created: context.now,
    choices: [{ parts, ...finishOf(body, parts) }],
    ...(isJsonObject(body.usage) ? { usage: readUsage(body.usage) } : {}),
  };
}

/** Why a model would not answer, in its vendor's words. */
export function explanationOf({ stop_details: details }: Unchecked<WireReply>): string | undefined {
  return isJsonObject(details) ? filled(details.explanation) : undefined;
}

function finishOf(body: Unchecked<WireReply>, parts: readonly AssistantPart[]) {
  const reason = readStopReason(body.stop_reason);
  const called = parts.some(({ type }) => type === 'tool-call');
  const stopSequence = filled(body.stop_sequence);
  return {
    finish: endOf(reason, called),
    ...(reason === 'stop-sequence' ? defined({ stopSequence }) : {}),
  };
}

/** Some providers say that they stopped though they called a tool; and the tool that stands for a format is no call. */
export function endOf(reason: ReturnType<typeof readStopReason>, called: boolean): typeof reason {
  if (reason === 'stop' && called) return 'tool-calls';
  return reason === 'tool-calls' && !called ? 'stop' : reason;
}

function readBlock(block: Unchecked<WireReplyBlock>, index: number, { id, memo }: ReadContext): AssistantPart {
  if (block.type === 'text') {
    const citations = Array.isArray(block.citations)
      ? block.citations.flatMap((cited) => readCitation(cited) ?? [])
      : [];
    return { type: 'text', text: textOf(block.text), ...(citations.length > 0 ? { citations } : {}) };
  }
  if (block.type === 'thinking' || block.type === 'redacted_thinking') return readThinkingPart(block);
  if (block.type !== 'tool_use') return { type: 'native', native: { dialect: ANTHROPIC, fields: block } };
  const name = textOf(block.name);
  const text = argumentsText(block.input);
  if (name === memo?.formatTool) return { type: 'text', text };
  const call = {
    type: 'tool-call' as const,
    id: filled(block.id) ?? `toolu_${id}_${index}`,
    name: callersName(name, memo),
  };
  if (memo?.customTools?.has(name)) return { ...call, kind: 'custom', arguments: freeTextOf(text) };
  return { ...call, arguments: text };
}

/** Arguments are an object here; some providers send them as text, or nothing. */
export function argumentsText(input: unknown): string {
  if (typeof input === 'string' && input.trim() !== '') return input;
  return isJsonObject(input) ? JSON.stringify(input) : '{}';
}
