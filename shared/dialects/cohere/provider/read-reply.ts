import { defined } from '../../../chat/defined.ts';
import type { ChatReply, Choice } from '../../../chat/reply.ts';
import type { AssistantPart, TextPart } from '../../../chat/request.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import type { DialectContext } from '../../dialect.ts';
import { filled } from '../../kit/read-values.ts';
import { argumentsOrEmpty } from '../../kit/tool-arguments.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { readFinish } from '../names.ts';
import { readUsage } from '../usage.ts';
import type { WireMessage, WireReply, WireToolCall } from '../wire.ts';
import { readCitation } from './citations.ts';
import { readError } from './errors.ts';
import { readLogprobs } from './logprobs.ts';

/** Reads a whole reply. A 200 with a message that is a text, or with none, is the provider's failure. */
export function readReply(body: Unchecked<WireReply>, context: DialectContext): ChatReply {
  if (!isJsonObject(body.message)) {
    throw typeof body.message === 'string'
      ? readError(502, body)
      : new GatewayError('upstream', 'The provider answered without a message.');
  }
  return {
    id: filled(body.id) ?? `chatcmpl-${context.id}`,
    model: context.model,
    created: context.now,
    choices: [readChoice(body.message, body, context)],
    ...defined({ usage: readUsage(body.usage) }),
  };
}

function readChoice(message: Unchecked<WireMessage>, body: Unchecked<WireReply>, context: DialectContext): Choice {
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isJsonObject) : [];
  const finish = readFinish(body.finish_reason, calls.length > 0);
  if (finish instanceof GatewayError) throw finish;
  const plan = filled(message.tool_plan);
  return {
    parts: [
      ...(plan ? [{ type: 'thinking', text: plan } as const] : []),
      ...readContent(message, calls.length > 0),
      ...calls.map((call, index) => readCall(call, index, context)),
    ],
    finish,
    ...defined({ logprobs: readLogprobs(body.logprobs ?? []) }),
  };
}

/** Drops an empty text next to tool calls. */
function readContent({ content, citations }: Unchecked<WireMessage>, called: boolean): AssistantPart[] {
  const items = typeof content === 'string' ? [{ type: 'text', text: content }] : Array.isArray(content) ? content : [];
  const cited = Array.isArray(citations) ? citations.filter(isJsonObject) : [];
  return items.filter(isJsonObject).flatMap((item, index): AssistantPart[] => {
    if (typeof item.thinking === 'string') return [{ type: 'thinking', text: item.thinking }];
    if (typeof item.text !== 'string' || (item.text === '' && called)) return [];
    const here = cited.filter(({ content_index: at }) => typeof at !== 'number' || at === index);
    return [withCitations({ type: 'text', text: item.text }, here)];
  });
}

function withCitations(part: TextPart, wire: JsonObject[]): TextPart {
  const citations = wire.flatMap((citation) => readCitation(citation, part.text) ?? []);
  return citations.length === 0 ? part : { ...part, citations };
}

function readCall(call: Unchecked<WireToolCall>, index: number, { id: answer }: DialectContext): AssistantPart {
  const named = isJsonObject(call.function) ? call.function : {};
  return {
    type: 'tool-call',
    id: filled(call.id) ?? `call_${answer}_${index}`,
    name: filled(named.name) ?? '',
    arguments: argumentsOrEmpty(named.arguments),
  };
}
