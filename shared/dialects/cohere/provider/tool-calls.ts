import type { ChatEvent } from '../../../chat/events.ts';
import { isJsonObject } from '../../../http/json.ts';
import { filled } from '../../kit/read-values.ts';
import { streamBounds } from '../../kit/stream-bounds.ts';
import { argumentsOrEmpty } from '../../kit/tool-arguments.ts';
import type { Unchecked } from '../../kit/wire.ts';
import type { WireToolCall } from '../wire.ts';

interface Call {
  index: number;
  /** What could not be emitted yet: it may become the word `null`. */
  held: string;
  emitted: boolean;
  over: boolean;
}

/** The calls of a stream, with contiguous indexes of our own, whatever the provider counts. */
export function toolCalls(fallbackId: (index: number) => string) {
  const calls: Call[] = [];
  const byWireIndex = new Map<unknown, Call>();
  const bounds = streamBounds();

  function start(wireIndex: unknown, wire: Unchecked<WireToolCall>): ChatEvent[] {
    const named = isJsonObject(wire.function) ? wire.function : {};
    const call: Call = { index: calls.length, held: '', emitted: false, over: false };
    bounds.parts(calls.length + 1);
    calls.push(call);
    byWireIndex.set(wireIndex, call);
    const { index } = call;
    const id = filled(wire.id) ?? fallbackId(index);
    const opening: ChatEvent = { type: 'tool-call', index, id, name: filled(named.name) ?? '' };
    return [opening, ...append(call, named.arguments)];
  }

  function delta(wireIndex: unknown, wire: Unchecked<WireToolCall>): ChatEvent[] {
    const call = byWireIndex.get(wireIndex) ?? calls.at(-1);
    return call && isJsonObject(wire.function) ? append(call, wire.function.arguments) : [];
  }

  function append(call: Call, text: unknown): ChatEvent[] {
    if (call.over) return [];
    call.held += isJsonObject(text) ? JSON.stringify(text) : (filled(text) ?? '');
    if (call.held === '' || (!call.emitted && 'null'.startsWith(call.held))) return [];
    return emit(call, call.held);
  }

  function emit(call: Call, text: string): ChatEvent[] {
    call.emitted = true;
    call.held = '';
    return [{ type: 'tool-arguments', index: call.index, text }];
  }

  function settle(call: Call | undefined): ChatEvent[] {
    if (!call || call.over) return [];
    call.over = true;
    return call.emitted ? [] : emit(call, argumentsOrEmpty(call.held));
  }

  return {
    start,
    delta,
    end: (wireIndex: unknown) => settle(byWireIndex.get(wireIndex)),
    /** Settles what was left open. */
    endAll: () => calls.flatMap(settle),
    any: () => calls.length > 0,
  };
}
