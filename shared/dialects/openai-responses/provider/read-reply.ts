import { defined } from '../../../chat/defined.ts';
import type { FinishReason } from '../../../chat/events.ts';
import type { ChatReply } from '../../../chat/reply.ts';
import type { AssistantPart, HostedCallPart } from '../../../chat/request.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import type { ReadContext } from '../../dialect.ts';
import { readStatuslessError } from '../../kit/openai/errors.ts';
import { filled, wordOf } from '../../kit/read-values.ts';
import { argumentsOrEmpty, freeTextOf } from '../../kit/tool-arguments.ts';
import { callersName } from '../../kit/tool-names.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { isPending, OPENAI_RESPONSES, readAnnotation, readSignature } from '../names.ts';
import { readThinking } from '../read-items.ts';
import { readUsage } from '../usage.ts';
import type { WireOutputItem, WireOutputPart, WireResponse } from '../wire-reply.ts';

/** Reads a whole response. One that failed, was cancelled or is not over is the provider's failure. */
export function readReply(body: Unchecked<WireResponse>, context: ReadContext): ChatReply {
  // What it uses is known when it is done.
  if (isPending(body) && context.request?.background === true) {
    return { ...readHead(body, context), choices: [], usage: { input: 0, output: 0 } };
  }
  const error = errorWithin(body);
  if (error) throw error;
  if (!Array.isArray(body.output)) throw new GatewayError('upstream', 'The provider answered without any output.');
  const items = body.output.filter(isJsonObject).filter(isAnswer);
  const parts = items.flatMap((item, index) => readItem(item, index, context));
  const logprobs = items.flatMap(logprobsOf);
  const choice = { parts, finish: readFinish(body, parts.some(isCall)) };
  return {
    ...readHead(body, context),
    choices: [logprobs.length === 0 ? choice : { ...choice, logprobs: { content: logprobs } }],
    ...defined({ usage: readUsage(body.usage) }),
  };
}

/** Whether the model said it: some servers (Fireworks) give the conversation back before the answer. */
export const isAnswer = ({ type, role }: Unchecked<WireOutputItem>): boolean =>
  type !== 'message' || (role ?? 'assistant') === 'assistant';

const isCall = ({ type }: AssistantPart): boolean => type === 'tool-call';

/** A reply of status 200 that holds no answer. */
export function errorWithin(body: Unchecked<WireResponse>): GatewayError | undefined {
  if (body.error) return readStatuslessError(body.error);
  const { status } = body;
  if (status === 'failed' || status === 'cancelled' || status === 'queued' || status === 'in_progress') {
    return new GatewayError('upstream', `The provider gave its answer back as '${status}'.`);
  }
  return undefined;
}

/** What a response says of itself at its beginning. */
export function readHead(body: Unchecked<WireResponse>, context: ReadContext): Omit<ChatReply, 'choices' | 'usage'> {
  const tier = filled(body.service_tier);
  return {
    id: filled(body.id) ?? `resp_${context.id}`,
    model: filled(body.model) ?? context.model,
    created: typeof body.created_at === 'number' ? Math.floor(body.created_at) : context.now,
    ...(tier ? { native: { service_tier: tier } } : {}),
  };
}

/** Why a response ended. One that calls tools ends for them, whatever its text. */
export function readFinish(
  { status, incomplete_details: details }: Unchecked<WireResponse>,
  called: boolean,
): FinishReason {
  if (status === 'incomplete') {
    return isJsonObject(details) && details.reason === 'content_filter' ? 'refused' : 'length';
  }
  return called ? 'tool-calls' : 'stop';
}

/** An item of the output as parts of the answer; one of OpenAI's own tools is kept for its own dialect. */
export function readItem(item: Unchecked<WireOutputItem>, index: number, context: ReadContext): AssistantPart[] {
  switch (item.type) {
    case 'message':
      return contentOf(item).flatMap(readSaid);
    case 'reasoning': {
      const thinking = readThinking(item);
      return thinking ? [thinking] : [];
    }
    case 'function_call':
    case 'custom_tool_call':
      return [readCall(item, index, context)];
    case 'image_generation_call':
      return typeof item.result === 'string' ? [{ type: 'image', source: drawnImage(item, item.result) }] : [];
    case 'web_search_call':
      return [readSearch(item, `${context.id}_${index}`)];
    default:
      return [{ type: 'native', native: { dialect: OPENAI_RESPONSES, fields: item } }];
  }
}

/** A page that was opened, or looked through, is a search of that page. */
export function readSearch(item: Unchecked<WireOutputItem>, fallbackId: string): HostedCallPart {
  const { action: said } = item as JsonObject;
  const action = isJsonObject(said) ? said : {};
  const { query, queries, pattern, url, sources } = action;
  const asked = Array.isArray(queries) && queries.length > 0 ? queries : [query ?? pattern ?? url];
  const found = [
    ...(Array.isArray(sources) ? sources.filter(isJsonObject) : []),
    ...(url === undefined ? [] : [{ url }]),
  ];
  return {
    type: 'hosted-call',
    id: filled(item.id) ?? `ws_${fallbackId}`,
    queries: asked.flatMap((each) => filled(each) ?? []),
    sources: found.flatMap((source: JsonObject) => {
      const address = filled(source.url);
      return address === undefined ? [] : [{ url: address, ...defined({ title: filled(source.title) }) }];
    }),
  };
}

const contentOf = ({ content }: Unchecked<WireOutputItem>): JsonObject[] =>
  Array.isArray(content) ? content.filter(isJsonObject) : [];

function readSaid(part: Unchecked<WireOutputPart>): AssistantPart[] {
  if (part.type === 'refusal') return [{ type: 'refusal', text: wordOf(part.refusal) }];
  if (typeof part.text !== 'string') return [];
  const citations = Array.isArray(part.annotations) ? part.annotations.flatMap(readAnnotation) : [];
  const cited = citations.length === 0 ? {} : { citations };
  return [{ type: 'text', text: part.text, ...cited, ...readSignature(part) }];
}

function readCall(item: Unchecked<WireOutputItem>, index: number, { id: answer, memo }: ReadContext): AssistantPart {
  const id = filled(item.call_id) ?? filled(item.id) ?? `call_${answer}_${index}`;
  const name = callersName(wordOf(item.name), memo);
  const signed = readSignature(item) ?? {};
  if (item.type === 'custom_tool_call') {
    return { type: 'tool-call', kind: 'custom', id, name, arguments: wordOf(item.input), ...signed };
  }
  const text = argumentsOrEmpty(item.arguments);
  if (memo?.customTools?.has(wordOf(item.name))) {
    return { type: 'tool-call', kind: 'custom', id, name, arguments: freeTextOf(text), ...signed };
  }
  return { type: 'tool-call', id, name, arguments: text, ...signed };
}

export function drawnImage({ output_format: format }: Unchecked<WireOutputItem>, data: string) {
  return { type: 'data', mediaType: `image/${filled(format) ?? 'png'}`, data } as const;
}

const logprobsOf = (item: Unchecked<WireOutputItem>): unknown[] =>
  contentOf(item).flatMap(({ logprobs }) => (Array.isArray(logprobs) ? logprobs : []));
