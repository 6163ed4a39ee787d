import type { ChatEvent } from '../../../chat/events.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject, tryParseJson } from '../../../http/json.ts';
import type { TranslationMemo } from '../../dialect.ts';
import { filled } from '../../kit/read-values.ts';
import { streamBounds } from '../../kit/stream-bounds.ts';
import { argumentsOrEmpty, freeTextOf } from '../../kit/tool-arguments.ts';
import { callersName } from '../../kit/tool-names.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { readExtraContent } from '../names.ts';
import type { WireToolDelta } from '../wire-reply.ts';
import { jsonValueEnd, type ValueEnd } from './json-value-end.ts';

interface Call {
  index: number;
  /** What the provider calls it; it may never come. */
  id: string | undefined;
  name: string;
  custom: boolean;
  /** It went as a function of one argument: its text is emitted when it is whole, since it is escaped until then. */
  wrapped: boolean;
  /** What could not be emitted yet: the name has not come, or it may be the word `null`. */
  held: string;
  /** The beginning of what has been emitted. */
  emitted: string;
  announced: boolean;
  /** Where the arguments end: some servers run two calls into one. */
  end: ValueEnd;
  ended: boolean;
  signature: ReturnType<typeof readExtraContent>;
}

/**
 * Sorts the deltas of one choice into calls with contiguous indexes of our own. Providers repeat ids, blank them, leave out
 * indexes, start at 1, or give all parallel calls the same: a new id is a new call, else the index decides, else the last call.
 */
export function toolDeltas(choice: number, fallbackId: (index: number) => string, memo?: TranslationMemo) {
  const calls: Call[] = [];
  /** The first call of each id, and the last one at each index of the provider's. */
  const byId = new Map<string, Call>();
  const byIndex = new Map<number, Call>();
  const where = choice === 0 ? {} : { choice };
  const bounds = streamBounds();

  function find(delta: Unchecked<WireToolDelta>, id: string | undefined, name: string | undefined): Call {
    const wireIndex = typeof delta.index === 'number' ? delta.index : undefined;
    const known = id === undefined ? undefined : byId.get(id);
    if (known) return known;
    const candidate = wireIndex === undefined ? calls.at(-1) : byIndex.get(wireIndex);
    if (candidate && !opensAnother(candidate, id, name)) return candidate;
    return open(wireIndex);
  }

  function open(wireIndex: number | undefined): Call {
    bounds.parts(calls.length + 1);
    const call: Call = {
      index: calls.length,
      id: undefined,
      name: '',
      custom: false,
      wrapped: false,
      held: '',
      emitted: '',
      announced: false,
      end: jsonValueEnd(),
      ended: false,
      signature: undefined,
    };
    calls.push(call);
    if (wireIndex !== undefined) byIndex.set(wireIndex, call);
    return call;
  }

  function take(wire: unknown): ChatEvent[] {
    if (!isJsonObject(wire)) return [];
    const delta: Unchecked<WireToolDelta> = wire;
    const custom = isJsonObject(delta.custom) ? delta.custom : undefined;
    const named = custom ?? (isJsonObject(delta.function) ? delta.function : {});
    const id = filled(delta.id);
    const name = filled(named.name);
    const call = find(delta, id, name);
    if (id !== undefined && call.id === undefined) {
      call.id = id;
      byId.set(id, call);
    }
    call.custom ||= custom !== undefined;
    call.signature ??= readExtraContent(delta.extra_content);
    if (name !== undefined && call.name === '') {
      call.name = name;
      call.wrapped = !call.custom && (memo?.customTools?.has(name) ?? false);
    }
    const text = custom ? custom.input : named.arguments;
    const piece = isJsonObject(text) ? JSON.stringify(text) : (filled(text) ?? '');
    if (!call.announced || call.wrapped) bounds.keep(piece);
    call.held += piece;
    return call.name === '' ? [] : emit(call);
  }

  function emit(call: Call): ChatEvent[] {
    const events: ChatEvent[] = call.announced ? [] : [announce(call)];
    if (call.wrapped) {
      call.emitted = call.held.slice(0, MOST_EMITTED);
      return events;
    }
    if (call.held === '' || (call.emitted === '' && !call.custom && 'null'.startsWith(call.held))) return events;
    return [...events, ...readArguments(call)];
  }

  /** Behind the end of a call's arguments nothing may stand: it would be another call, of a tool that is not named. */
  function readArguments(call: Call): ChatEvent[] {
    if (call.custom) return [argumentsEvent(call, call.held)];
    const behind = call.ended ? 0 : call.end.push(call.held);
    if (behind === undefined) return [argumentsEvent(call, call.held)];
    call.ended = true;
    if (call.held.slice(behind).trim() !== '') {
      throw new GatewayError('upstream', `The provider ran several calls of '${call.name}' into one.`);
    }
    return [argumentsEvent(call, call.held)];
  }

  function announce(call: Call): ChatEvent {
    call.announced = true;
    const { index, signature } = call;
    const name = callersName(call.name, memo);
    const id = call.id ?? fallbackId(index);
    const kind = call.custom || call.wrapped ? { kind: 'custom' as const } : {};
    return { type: 'tool-call', index, id, name, ...kind, ...(signature ? { signature } : {}), ...where };
  }

  function argumentsEvent(call: Call, text: string): ChatEvent {
    if (call.emitted.length < MOST_EMITTED) call.emitted += text.slice(0, MOST_EMITTED);
    call.held = '';
    return { type: 'tool-arguments', index: call.index, text, ...where };
  }

  /** At the end: calls that never had a name are emitted with what they have, calls without arguments get none, as JSON. */
  function end(): ChatEvent[] {
    return calls.flatMap((call) => {
      const events: ChatEvent[] = call.announced ? [] : [announce(call)];
      if (call.wrapped) return [...events, argumentsEvent(call, freeTextOf(call.held))];
      if (call.emitted !== '' || call.custom) return events;
      return [...events, argumentsEvent(call, argumentsOrEmpty(call.held))];
    });
  }

  return { take, end, any: () => calls.length > 0 };
}

/** An object ends where its last brace is; anything else that may stand for arguments is a word or a number. */
const MOST_EMITTED = 1_000;

const isJson = (text: string): boolean => text !== '' && text.length < MOST_EMITTED && tryParseJson(text) !== undefined;

/** Whether a delta that fits a call by its index begins another one all the same. */
function opensAnother(call: Call, id: string | undefined, name: string | undefined): boolean {
  if (name === undefined) return false;
  if (id !== undefined && call.id !== undefined) return id !== call.id;
  return id === undefined && (call.ended || isJson(call.emitted));
}
