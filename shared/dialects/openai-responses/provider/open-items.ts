import type { ChatEvent } from '../../../chat/events.ts';
import { isJsonObject } from '../../../http/json.ts';
import type { ReadContext } from '../../dialect.ts';
import { filled, wordOf } from '../../kit/read-values.ts';
import { streamBounds } from '../../kit/stream-bounds.ts';
import { argumentsOrEmpty, freeTextOf } from '../../kit/tool-arguments.ts';
import { callersName } from '../../kit/tool-names.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { readAnnotation, readEncrypted, readSignature } from '../names.ts';
import { thinkingText } from '../read-items.ts';
import type { WireEvent, WireOutputItem } from '../wire-reply.ts';
import { drawnImage, isAnswer, readSearch } from './read-reply.ts';

interface OpenItem {
  id: string | undefined;
  kind: unknown;
  /** Position among the calls of the answer; none for other items. */
  call: number | undefined;
  /** Its arguments are a function's and hold the free text that the caller's tool takes: emitted when they are whole. */
  wrapped: boolean;
  /** The call's beginning has been emitted: its name was known. */
  announced: boolean;
  /** Arguments that came before the name. */
  held: string;
  /** Some of its text has been emitted. */
  hasEmitted: boolean;
  /** Kind and place of the piece that is being read. */
  piece: string;
  closed: boolean;
}

/**
 * The items of a stream's output. An event belongs to the item it names by id, else to the last one at its index, else to
 * the last one: some servers put all calls at index 0, others give an item another id in each event.
 */
export function openItems(context: ReadContext) {
  const items: OpenItem[] = [];
  /** The first item of each id, and the last one at each index: several may share them. */
  const byId = new Map<string, OpenItem>();
  const byIndex = new Map<number, OpenItem>();
  let calls = 0;
  const bounds = streamBounds();

  function find(id: string | undefined, wireIndex: unknown): OpenItem | undefined {
    const known = id === undefined ? undefined : byId.get(id);
    if (known) return known;
    return typeof wireIndex === 'number' ? byIndex.get(wireIndex) : items.at(-1);
  }

  function open(wire: Unchecked<WireOutputItem>, wireIndex: unknown): OpenItem {
    const isCall = wire.type === 'function_call' || wire.type === 'custom_tool_call';
    const item: OpenItem = {
      id: filled(wire.id),
      kind: wire.type,
      call: isCall ? calls++ : undefined,
      wrapped: false,
      announced: false,
      held: '',
      hasEmitted: false,
      piece: '',
      closed: false,
    };
    bounds.parts(items.length + 1);
    items.push(item);
    if (item.id !== undefined && !byId.has(item.id)) byId.set(item.id, item);
    if (typeof wireIndex === 'number') byIndex.set(wireIndex, item);
    return item;
  }

  /** A call begins once its name is known. */
  function announce(item: OpenItem, wire: Unchecked<WireOutputItem>, force = false): ChatEvent[] {
    const { call: index } = item;
    if (index === undefined || item.announced || (filled(wire.name) === undefined && !force)) return [];
    item.announced = true;
    const id = filled(wire.call_id) ?? item.id ?? `call_${context.id}_${index}`;
    const name = callersName(wordOf(wire.name), context.memo);
    item.wrapped = item.kind === 'function_call' && (context.memo?.customTools?.has(wordOf(wire.name)) ?? false);
    const kind = item.wrapped || item.kind === 'custom_tool_call' ? { kind: 'custom' as const } : {};
    return [{ type: 'tool-call', index, id, name, ...kind, ...readSignature(wire) }, ...readArguments(item, '')];
  }

  /** Held back while the call is unknown, and while they may be the word `null`, which some say for none. */
  function readArguments(item: OpenItem, text: string): ChatEvent[] {
    if (!item.announced || item.wrapped) bounds.keep(text);
    item.held += text;
    const mayBeNull = !item.hasEmitted && item.kind === 'function_call' && 'null'.startsWith(item.held);
    return mayBeNull || item.wrapped || !item.announced ? [] : flush(item);
  }

  function flush(item: OpenItem): ChatEvent[] {
    const text = item.held;
    if (item.call === undefined || text === '') return [];
    item.held = '';
    item.hasEmitted = true;
    return [{ type: 'tool-arguments', index: item.call, text }];
  }

  /** A delta of text; another piece of the same thinking begins after a blank line, another content part on its own. */
  function readText(item: OpenItem, type: 'text' | 'refusal' | 'thinking', event: Unchecked<WireEvent>): ChatEvent[] {
    const text = filled(event.delta);
    if (text === undefined) return [];
    const piece = `${type} ${wordOf(event.summary_index ?? event.content_index ?? 0)}`;
    const isNext = item.piece !== '' && item.piece !== piece;
    item.piece = piece;
    item.hasEmitted = true;
    if (!isNext) return [{ type, text }];
    return type === 'thinking' ? [{ type, text: `\n\n${text}` }] : [{ type: 'part-end' }, { type, text }];
  }

  /** The item in full: what no delta has brought is emitted now. */
  function close(item: OpenItem, wire: Unchecked<WireOutputItem>): ChatEvent[] {
    if (item.closed) return [];
    item.closed = true;
    if (item.call !== undefined) return closeCall(item, wire);
    if (item.kind === 'reasoning') return closeThinking(item, wire);
    if (item.kind === 'image_generation_call' && typeof wire.result === 'string') {
      const { mediaType, data } = drawnImage(wire, wire.result);
      return [{ type: 'media', media: 'image', mediaType, data }];
    }
    if (item.kind === 'web_search_call') return [readSearch(wire, context.id)];
    if (item.kind !== 'message') return [];
    return [...(item.hasEmitted ? [] : wholeMessage(wire)), { type: 'part-end' }];
  }

  function closeCall(item: OpenItem, wire: Unchecked<WireOutputItem>): ChatEvent[] {
    const opening = announce(item, wire, true);
    if (item.hasEmitted) return opening;
    const isCustom = item.kind === 'custom_tool_call';
    item.held = isCustom ? (filled(wire.input) ?? item.held) : argumentsOrEmpty(wire.arguments ?? item.held);
    if (item.wrapped) item.held = freeTextOf(item.held);
    return [...opening, ...flush(item)];
  }

  function closeThinking(item: OpenItem, wire: Unchecked<WireOutputItem>): ChatEvent[] {
    const encrypted = readEncrypted(wire.encrypted_content, wire.id);
    const text = item.hasEmitted ? '' : thinkingText(wire);
    const redacted = encrypted?.redacted ? { redacted: true } : {};
    const thinking: ChatEvent[] = text === '' && !encrypted?.redacted ? [] : [{ type: 'thinking', text, ...redacted }];
    return [...thinking, encrypted ? { type: 'signature', signature: encrypted.signature } : { type: 'part-end' }];
  }

  function read(type: string, event: Unchecked<WireEvent>): ChatEvent[] {
    if (type === 'response.output_item.added') {
      return isJsonObject(event.item) && isAnswer(event.item) ? added(event.item, event.output_index) : [];
    }
    if (type === 'response.output_item.done') {
      return isJsonObject(event.item) && isAnswer(event.item) ? done(event.item, event) : [];
    }
    const item = find(filled(event.item_id), event.output_index) ?? openUnannounced(type, event);
    if (!item || item.closed) return [];
    switch (type) {
      case 'response.output_text.delta':
        return [...readText(item, 'text', event), ...readLogprobs(event.logprobs)];
      case 'response.refusal.delta':
        return readText(item, 'refusal', event);
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return readText(item, 'thinking', event);
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return readArguments(item, filled(event.delta) ?? '');
      case 'response.output_text.annotation.added':
        return readAnnotation(event.annotation).map((citation) => ({ type: 'citation', citation }));
      default:
        return [];
    }
  }

  function added(wire: Unchecked<WireOutputItem>, wireIndex: unknown): ChatEvent[] {
    const id = filled(wire.id);
    const again = id === undefined ? undefined : byId.get(id);
    return announce(again ?? open(wire, wireIndex), wire);
  }

  /** Some servers send deltas of an item that they never added. */
  function openUnannounced(type: string, event: Unchecked<WireEvent>): OpenItem | undefined {
    const kind = kindsOfDeltas.find(([prefix]) => type.startsWith(prefix))?.[1];
    return kind && type.endsWith('.delta') ? open({ type: kind, id: event.item_id }, event.output_index) : undefined;
  }

  function done(wire: Unchecked<WireOutputItem>, event: Unchecked<WireEvent>): ChatEvent[] {
    const id = filled(wire.id);
    const found = find(id, event.output_index);
    const item = found && found.kind === wire.type && !(found.closed && id !== found.id) ? found : undefined;
    return close(item ?? open(wire, event.output_index), wire);
  }

  /** At the end: items that were never closed, or never sent at all, as the terminal event has them. */
  function end(output: unknown): ChatEvent[] {
    const whole = Array.isArray(output) ? output.filter(isJsonObject).filter(isAnswer) : [];
    const seen = [...items];
    const seenById = new Map(byId);
    const late = whole.flatMap((wire, index) => {
      const id = filled(wire.id);
      const known = id === undefined ? undefined : seenById.get(id);
      const item = known ?? seen[index] ?? open(wire, index);
      return item.kind === wire.type ? close(item, wire) : [];
    });
    return [...late, ...items.flatMap((item) => close(item, {}))];
  }

  return { read, end, called: () => calls > 0 };
}

const kindsOfDeltas = [
  ['response.output_text', 'message'],
  ['response.refusal', 'message'],
  ['response.reasoning', 'reasoning'],
  ['response.function_call', 'function_call'],
  ['response.custom_tool_call', 'custom_tool_call'],
] as const;

const readLogprobs = (logprobs: unknown): ChatEvent[] =>
  Array.isArray(logprobs) && logprobs.length > 0 ? [{ type: 'logprobs', logprobs: { content: logprobs } }] : [];

function wholeMessage({ content }: Unchecked<WireOutputItem>): ChatEvent[] {
  const parts = Array.isArray(content) ? content.filter(isJsonObject) : [];
  return parts.flatMap((part, index): ChatEvent[] => {
    const text = filled(part.text) ?? filled(part.refusal);
    if (text === undefined) return [];
    const apart: ChatEvent[] = index === 0 ? [] : [{ type: 'part-end' }];
    const citations = Array.isArray(part.annotations) ? part.annotations.flatMap(readAnnotation) : [];
    const cited = citations.map((citation): ChatEvent => ({ type: 'citation', citation }));
    return [...apart, { type: part.type === 'refusal' ? 'refusal' : 'text', text, ...readSignature(part) }, ...cited];
  });
}
