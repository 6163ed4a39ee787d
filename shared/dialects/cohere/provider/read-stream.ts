import type { ChatEvent } from '../../../chat/events.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject, tryParseJson } from '../../../http/json.ts';
import type { SseEvent } from '../../../http/sse.ts';
import type { DialectContext, StreamReader } from '../../dialect.ts';
import { brokeOff, notJson } from '../../kit/provider-failures.ts';
import { filled } from '../../kit/read-values.ts';
import { streamBounds } from '../../kit/stream-bounds.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { readFinish } from '../names.ts';
import { readUsage } from '../usage.ts';
import type { WireCitation, WireDelta, WireDeltaMessage, WireEvent } from '../wire.ts';
import { readCitation } from './citations.ts';
import { readError } from './errors.ts';
import { readLogprobs } from './logprobs.ts';
import { toolCalls } from './tool-calls.ts';

type Kind = 'text' | 'thinking';

/**
 * Reads the events of a stream. A content stays open until another begins: its citations may follow its end.
 * @see https://docs.cohere.com/docs/streaming
 */
export function streamReader(context: DialectContext): StreamReader {
  const tools = toolCalls((index) => `call_${context.id}_${index}`);
  /** Texts so far by content index: citations point into them. */
  const texts = new Map<unknown, string>();
  const bounds = streamBounds();
  let lastText: unknown;
  let lastKind: Kind | undefined;
  let started = false;
  let over = false;

  const readers: Record<string, (event: Unchecked<WireEvent>, message: Unchecked<WireDeltaMessage>) => ChatEvent[]> = {
    'content-start': ({ index }, { content }) => [...partEnd(content), ...readContent(index, content)],
    'content-delta': ({ index, logprobs }, { content }) => {
      const read = readLogprobs(logprobs);
      return [...readContent(index, content), ...(read ? [{ type: 'logprobs', logprobs: read } as const] : [])];
    },
    'tool-plan-delta': (_, { tool_plan: plan }) => speak('thinking', plan),
    'tool-call-start': ({ index }, { tool_calls: call }) => {
      lastKind = undefined;
      return tools.start(index, firstOf(call));
    },
    'tool-call-delta': ({ index }, { tool_calls: call }) => tools.delta(index, firstOf(call)),
    'tool-call-end': ({ index }) => tools.end(index),
    'citation-start': (_, { citations }) => cite(firstOf(citations)),
    'message-end': ({ delta }) => finish(isJsonObject(delta) ? delta : {}),
  };

  /** Only a content of the same kind needs a mark between it and the one before it. */
  function partEnd(content: unknown): ChatEvent[] {
    const kind = isJsonObject(content) && content.type === 'thinking' ? 'thinking' : 'text';
    const joins = lastKind === kind;
    lastKind = undefined;
    return joins ? [{ type: 'part-end' }] : [];
  }

  function readContent(index: unknown, content: unknown): ChatEvent[] {
    if (!isJsonObject(content)) return [];
    if (typeof content.text === 'string') {
      bounds.keep(content.text);
      bounds.parts(texts.size);
      texts.set(index, (texts.get(index) ?? '') + content.text);
      lastText = index;
    }
    return [...speak('thinking', content.thinking), ...speak('text', content.text)];
  }

  function speak(kind: Kind, text: unknown): ChatEvent[] {
    if (!filled(text)) return [];
    lastKind = kind;
    return [{ type: kind, text: String(text) }];
  }

  function cite(wire: Unchecked<WireCitation>): ChatEvent[] {
    const at = typeof wire.content_index === 'number' ? wire.content_index : lastText;
    const citation = readCitation(wire, texts.get(at) ?? texts.get(lastText) ?? '');
    return citation ? [{ type: 'citation', citation }] : [];
  }

  function finish(delta: Unchecked<WireDelta>): ChatEvent[] {
    const reason = readFinish(delta.finish_reason, tools.any());
    if (delta.error && !(reason instanceof GatewayError)) return fail(readError(502, { message: delta.error }));
    if (reason instanceof GatewayError) return fail(reason);
    over = true;
    const usage = readUsage(delta.usage);
    return [...tools.endAll(), ...(usage ? [{ type: 'usage', usage } as const] : []), { type: 'finish', reason }];
  }

  function fail(error: GatewayError): ChatEvent[] {
    over = true;
    return [{ type: 'error', error }];
  }

  function start(event: Unchecked<WireEvent>): ChatEvent[] {
    if (started) return [];
    started = true;
    const id = filled(event.id) ?? `chatcmpl-${context.id}`;
    return [{ type: 'start', id, model: context.model, created: context.now }];
  }

  return {
    read({ event: name, data }: SseEvent) {
      if (over || data === '[DONE]') return [];
      const event = tryParseJson(data);
      if (!isJsonObject(event)) throw notJson();
      const type = filled(event.type) ?? name ?? '';
      if (type === 'error' || (!Object.hasOwn(readers, type) && typeof event.message === 'string')) {
        return fail(readError(502, event));
      }
      const message = isJsonObject(event.delta) && isJsonObject(event.delta.message) ? event.delta.message : {};
      if (type === 'message-start') return start(event);
      return Object.hasOwn(readers, type) ? [...start(event), ...readers[type]!(event, message)] : [];
    },
    end: () => (over ? [] : fail(brokeOff())),
    state: () => (over ? 'over' : 'open'),
  };
}

/** What is documented as one object has come as a list of one. */
function firstOf(value: unknown): JsonObject {
  const first = Array.isArray(value) ? value[0] : value;
  return isJsonObject(first) ? first : {};
}
