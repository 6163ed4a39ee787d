import type { ChatEvent, FinishReason } from '../../../chat/events.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject, tryParseExact } from '../../../http/json.ts';
import type { SseEvent } from '../../../http/sse.ts';
import type { ReadContext, StreamReader } from '../../dialect.ts';
import { brokeOff, notJson } from '../../kit/provider-failures.ts';
import { filled } from '../../kit/read-values.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { errorWithin, readError } from '../errors.ts';
import { readStopReason } from '../names.ts';
import { mergeCounts, readUsage } from '../usage.ts';
import type { WireDelta, WireEvent, WireMessageStart } from '../wire-reply.ts';
import { blockReader } from './read-block.ts';
import { endOf, explanationOf } from './read-reply.ts';

/** Reads the events of a provider's stream; which event it is, its data says, since some leave out the line that names it. */
export function streamReader(context: ReadContext): StreamReader {
  const blocks = blockReader(context);
  let startedAs: string | undefined;
  let counts: JsonObject = {};
  let finish: { reason: FinishReason; stopSequence?: string } | undefined;
  let over = false;

  function start(message: Unchecked<WireMessageStart>): ChatEvent[] {
    const id = filled(message.id) ?? `msg_${context.id}`;
    if (startedAs !== undefined) {
      // Sent twice, the beginning is ignored; another answer in the middle of this one would be read as part of it.
      return startedAs === id || !blocks.any()
        ? []
        : fail('The provider began another answer in the middle of its stream.');
    }
    startedAs = id;
    const model = filled(message.model) ?? context.model;
    return [{ type: 'start', id, model, created: context.now }, ...count(message.usage)];
  }

  function count(usage: unknown): ChatEvent[] {
    if (!isJsonObject(usage)) return [];
    counts = mergeCounts(counts, usage);
    return [{ type: 'usage', usage: readUsage(counts) }];
  }

  function delta(event: Unchecked<WireEvent>): ChatEvent[] {
    const wire: Unchecked<WireDelta> = isJsonObject(event.delta) ? event.delta : {};
    const { stop_reason: reason, stop_sequence: sequence } = wire;
    if (filled(reason)) {
      const stopSequence = filled(sequence);
      finish = { reason: readStopReason(reason), ...(stopSequence ? { stopSequence } : {}) };
    }
    const explanation = explanationOf(wire);
    const refusal: ChatEvent[] = explanation ? [{ type: 'refusal', text: explanation }] : [];
    return [...refusal, ...count(event.usage)];
  }

  function stop(): ChatEvent[] {
    over = true;
    const { reason, stopSequence } = finish ?? { reason: 'stop' };
    const end: ChatEvent = { type: 'finish', reason: endOf(reason, blocks.called()) };
    if (reason === 'stop-sequence' && stopSequence !== undefined) end.stopSequence = stopSequence;
    return [...blocks.end(), end];
  }

  function fail(error: string | GatewayError): ChatEvent[] {
    over = true;
    return [{ type: 'error', error: typeof error === 'string' ? new GatewayError('upstream', error) : error }];
  }

  function readEvent(event: Unchecked<WireEvent>): ChatEvent[] {
    const index = typeof event.index === 'number' ? event.index : 0;
    switch (event.type) {
      case 'message_start':
        return start(isJsonObject(event.message) ? event.message : {});
      case 'content_block_start':
        return [...opening(), ...blocks.open(index, isJsonObject(event.content_block) ? event.content_block : {})];
      case 'content_block_delta':
        return [...opening(), ...blocks.delta(index, isJsonObject(event.delta) ? event.delta : {})];
      case 'content_block_stop':
        return blocks.close(index);
      case 'message_delta':
        return [...opening(), ...delta(event)];
      case 'message_stop':
        return [...opening(), ...stop()];
      default:
        // Pings, and events that are still to be invented.
        return [];
    }
  }

  /** A start of our own where the provider forgot it. */
  const opening = (): ChatEvent[] => (startedAs === undefined ? start({}) : []);

  return {
    read({ event: name, data }: SseEvent) {
      if (over || data === '[DONE]') return [];
      const event = tryParseExact(data);
      if (!isJsonObject(event)) throw notJson();
      const error = errorWithin(event) ?? (name === 'error' ? readError(502, event) : undefined);
      return error ? fail(error) : readEvent(typeof event.type === 'string' ? event : { ...event, type: name });
    },
    end() {
      if (over) return [];
      // A reason to stop came: what is missing is the last event only.
      if (finish) return stop();
      return fail(brokeOff());
    },
    state: () => (over ? 'over' : finish ? 'ending' : 'open'),
  };
}
