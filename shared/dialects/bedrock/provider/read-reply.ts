import { defined } from '../../../chat/defined.ts';
import type { ChatReply } from '../../../chat/reply.ts';
import type { AssistantPart, TextPart, ThinkingPart, ToolCallPart } from '../../../chat/request.ts';
import { searchOf } from '../../../chat/sources.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject } from '../../../http/json.ts';
import type { ReadContext } from '../../dialect.ts';
import { stoppedWith } from '../../kit/provider-failures.ts';
import { freeTextOf } from '../../kit/tool-arguments.ts';
import { callersName } from '../../kit/tool-names.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { failedReasons, ISSUER, RUN_BY_AWS, readCitation, readFinish, readImage } from '../names.ts';
import { readUsage } from '../usage.ts';
import type { WireBlock, WireReply } from '../wire.ts';
import { errorWithin } from './errors.ts';

/** Reads a whole reply. Converse gives neither an id nor the model's name. */
export function readReply(body: Unchecked<WireReply>, context: ReadContext): ChatReply {
  const error = errorWithin(body);
  if (error) throw error;
  const message = isJsonObject(body.output) ? body.output.message : undefined;
  if (!isJsonObject(message)) throw new GatewayError('upstream', 'The provider answered without a message.');
  const reason = typeof body.stopReason === 'string' ? body.stopReason : undefined;
  if (reason !== undefined && failedReasons.has(reason)) throw stoppedWith(reason);
  const blocks = Array.isArray(message.content) ? message.content.filter(isJsonObject) : [];
  const said = blocks.flatMap((block, index) => readBlock(block, index, context));
  const cited = said.flatMap((part) => (part.type === 'text' ? (part.citations ?? []) : []));
  const parts = context.memo?.searched ? [...said, ...searchOf(cited, context.id)] : said;
  const called = parts.some(({ type }) => type === 'tool-call');
  const native = defined({ service_tier: tierOf(body.serviceTier) });
  return {
    id: `msg_${context.id}`,
    model: context.model,
    created: context.now,
    choices: [{ parts, ...readFinish({ reason, additional: body.additionalModelResponseFields, called }) }],
    ...defined({ usage: readUsage(body.usage) }),
    ...(Object.keys(native).length === 0 ? {} : { native }),
  };
}

const tierOf = (tier: unknown): unknown => (isJsonObject(tier) ? tier.type : undefined);

function readBlock(block: Unchecked<WireBlock>, index: number, context: ReadContext): AssistantPart[] {
  if (typeof block.text === 'string') return [{ type: 'text', text: block.text }];
  if (isJsonObject(block.toolUse) && block.toolUse.type === RUN_BY_AWS) return [];
  if (isJsonObject(block.toolUse)) return [readCall(block.toolUse, index, context)];
  if (isJsonObject(block.reasoningContent)) return readThinking(block.reasoningContent);
  if (isJsonObject(block.citationsContent)) return [readCited(block.citationsContent)];
  if (isJsonObject(block.image)) {
    const image = readImage(block.image.format, block.image.source);
    return image ? [{ type: 'image', source: { type: 'data', ...image } }] : [];
  }
  // A block of a kind that came later than this gateway is no reason to lose the others.
  return [];
}

function readThinking({
  reasoningText: shown,
  redactedContent: hidden,
}: Unchecked<NonNullable<WireBlock['reasoningContent']>>): ThinkingPart[] {
  if (typeof hidden === 'string') {
    return [{ type: 'thinking', text: '', redacted: true, signature: { issuer: ISSUER, value: hidden } }];
  }
  if (!isJsonObject(shown)) return [];
  const text = typeof shown.text === 'string' ? shown.text : '';
  const signed = typeof shown.signature === 'string' && shown.signature !== '';
  if (text === '' && !signed) return [];
  return [
    { type: 'thinking', text, ...(signed ? { signature: { issuer: ISSUER, value: String(shown.signature) } } : {}) },
  ];
}

function readCited({ content, citations }: Unchecked<NonNullable<WireBlock['citationsContent']>>): TextPart {
  const pieces = Array.isArray(content) ? content.filter(isJsonObject) : [];
  const text = pieces.map((piece) => (typeof piece.text === 'string' ? piece.text : '')).join('');
  const read = Array.isArray(citations) ? citations.filter(isJsonObject).map(readCitation) : [];
  return { type: 'text', text, ...(read.length > 0 ? { citations: read } : {}) };
}

function readCall(
  call: Unchecked<NonNullable<WireBlock['toolUse']>>,
  index: number,
  { id: answer, memo }: ReadContext,
): TextPart | ToolCallPart {
  const text = call.input === undefined ? '{}' : JSON.stringify(call.input);
  const name = typeof call.name === 'string' ? call.name : '';
  if (name !== '' && name === memo?.formatTool) return { type: 'text', text };
  const id = typeof call.toolUseId === 'string' && call.toolUseId !== '' ? call.toolUseId : `call_${answer}_${index}`;
  const named = { id, name: callersName(name, memo) };
  if (memo?.customTools?.has(name)) return { type: 'tool-call', kind: 'custom', ...named, arguments: freeTextOf(text) };
  return { type: 'tool-call', ...named, arguments: text };
}
