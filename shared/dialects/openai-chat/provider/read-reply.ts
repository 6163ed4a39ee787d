import { defined } from '../../../chat/defined.ts';
import { pushAll } from '../../../chat/push-all.ts';
import type { ChatReply, Choice } from '../../../chat/reply.ts';
import type { AssistantPart, Signature, TextPart } from '../../../chat/request.ts';
import { searchOf } from '../../../chat/sources.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject } from '../../../http/json.ts';
import type { ReadContext } from '../../dialect.ts';
import { stoppedWith } from '../../kit/provider-failures.ts';
import { filled, wordOf } from '../../kit/read-values.ts';
import { argumentsOrEmpty, freeTextOf } from '../../kit/tool-arguments.ts';
import { callersName } from '../../kit/tool-names.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { errorWithin } from '../errors.ts';
import { failedReasons, readAnnotation, readExtraContent, readFinish } from '../names.ts';
import { readUsage } from '../usage.ts';
import type { WireChoice, WireDelta, WireReply, WireToolDelta } from '../wire-reply.ts';
import { choicesOf } from './choices.ts';
import { readText, readThinking } from './read-text.ts';

/** Reads a whole reply. A 200 that is an error, or that has no answer in it, is the provider's failure. */
export function readReply(body: Unchecked<WireReply>, context: ReadContext): ChatReply {
  const error = errorWithin(body);
  if (error) throw error;
  const choices = choicesOf(body).filter(isJsonObject);
  if (choices.length === 0) {
    throw new GatewayError('upstream', 'The provider answered without any choices.');
  }
  const { service_tier, system_fingerprint } = body;
  const native = defined({ service_tier, system_fingerprint });
  return {
    id: filled(body.id) ?? `chatcmpl-${context.id}`,
    model: filled(body.model) ?? context.model,
    created: typeof body.created === 'number' ? body.created : context.now,
    choices: choices.map((choice) => readChoice(choice, context)),
    ...defined({ usage: readUsage(body) }),
    ...(Object.keys(native).length === 0 ? {} : { native }),
  };
}

function readChoice(choice: Unchecked<WireChoice>, context: ReadContext): Choice {
  const message: Unchecked<WireDelta> = isJsonObject(choice.message) ? choice.message : {};
  const reason = filled(choice.finish_reason);
  if (reason !== undefined && failedReasons.has(reason)) {
    throw stoppedWith(reason);
  }
  const said = readMessage(message, context);
  const cited = said.flatMap((part) => (part.type === 'text' ? (part.citations ?? []) : []));
  const parts = context.memo?.searched ? [...said, ...searchOf(cited, context.id)] : said;
  const called = parts.some(({ type }) => type === 'tool-call');
  const finish = reason === undefined ? 'stop' : readFinish(reason);
  return {
    parts,
    // Several providers say `stop` though they called a tool; agents would end in silence.
    finish: called && finish === 'stop' ? 'tool-calls' : finish,
    ...(choice.logprobs == null ? {} : { logprobs: choice.logprobs }),
  };
}

function readMessage(message: Unchecked<WireDelta>, context: ReadContext): AssistantPart[] {
  const parts: AssistantPart[] = readThinkingParts(message);
  const text = readText(message.content);
  if (text !== '' || message.content === '') parts.push(withCitations({ type: 'text', text }, message.annotations));
  const refusal = filled(message.refusal);
  if (refusal) parts.push({ type: 'refusal', text: refusal });
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isJsonObject) : [];
  pushAll(
    parts,
    calls.map((call, index) => readCall(call, index, context)),
  );
  if (isJsonObject(message.function_call)) {
    const { name, arguments: text } = message.function_call;
    parts.push({
      type: 'tool-call',
      id: wordOf(name),
      name: wordOf(name),
      arguments: argumentsOrEmpty(text),
      legacy: true,
    });
  }
  // Drop an empty text next to tool calls.
  return parts.some(({ type }) => type === 'tool-call')
    ? parts.filter((part) => part.type !== 'text' || part.text !== '')
    : parts;
}

function readThinkingParts(message: Unchecked<WireDelta>): AssistantPart[] {
  const text = readThinking(message);
  return text === '' ? [] : [{ type: 'thinking', text }];
}

function withCitations(part: TextPart, annotations: unknown): TextPart {
  const citations = Array.isArray(annotations)
    ? annotations.flatMap((annotation) => readAnnotation(annotation) ?? [])
    : [];
  return citations.length === 0 ? part : { ...part, citations };
}

function readCall(call: Unchecked<WireToolDelta>, index: number, { id: answer, memo }: ReadContext): AssistantPart {
  const signature: Signature | undefined = readExtraContent(call.extra_content);
  const signed = signature ? { signature } : {};
  const id = filled(call.id) ?? `call_${answer}_${index}`;
  if (isJsonObject(call.custom)) {
    const { name, input } = call.custom;
    return {
      type: 'tool-call',
      kind: 'custom',
      id,
      name: callersName(wordOf(name), memo),
      arguments: wordOf(input),
      ...signed,
    };
  }
  const named = isJsonObject(call.function) ? call.function : {};
  const isCustom = memo?.customTools?.has(wordOf(named.name)) ?? false;
  const text = argumentsOrEmpty(named.arguments);
  return {
    type: 'tool-call',
    id,
    name: callersName(wordOf(named.name), memo),
    ...(isCustom ? { kind: 'custom', arguments: freeTextOf(text) } : { arguments: text }),
    ...signed,
  };
}
