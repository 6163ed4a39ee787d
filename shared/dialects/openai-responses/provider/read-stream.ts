import type { ChatEvent } from '../../../chat/events.ts';
import type { GatewayError } from '../../../errors.ts';
import { isJsonObject, tryParseJson } from '../../../http/json.ts';
import type { SseEvent } from '../../../http/sse.ts';
import type { ReadContext, StreamReader } from '../../dialect.ts';
import { readStatuslessError } from '../../kit/openai/errors.ts';
import { brokeOff, notJson } from '../../kit/provider-failures.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { readUsage } from '../usage.ts';
import type { WireEvent, WireResponse } from '../wire-reply.ts';
import { openItems } from './open-items.ts';
import { errorWithin, readFinish, readHead } from './read-reply.ts';

/** Events that say how an answer ended, and hold all of it. */
const terminal: ReadonlySet<unknown> = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** Reads a provider's stream. It is over with its terminal event, whatever follows; without one it broke off. */
export function streamReader(context: ReadContext): StreamReader {
  const items = openItems(context);
  let started = false;
  let over = false;

  function start(response: unknown): ChatEvent[] {
    if (started) return [];
    started = true;
    return [{ type: 'start', ...readHead(isJsonObject(response) ? response : {}, context) }];
  }

  function fail(error: GatewayError): ChatEvent[] {
    over = true;
    return [{ type: 'error', error }];
  }

  function finish(type: unknown, wire: unknown): ChatEvent[] {
    const response: Unchecked<WireResponse> = isJsonObject(wire) ? wire : {};
    const failed = type === 'response.failed' ? { ...response, status: 'failed' } : response;
    const usage = readUsage(response.usage);
    const counted: ChatEvent[] = usage ? [{ type: 'usage', usage }] : [];
    const error = errorWithin(failed);
    if (error) return [...counted, ...fail(error)];
    over = true;
    const status = type === 'response.incomplete' ? 'incomplete' : 'completed';
    const last = items.end(response.output);
    const reason = readFinish({ ...response, status }, items.called());
    return [...start(response), ...last, ...counted, { type: 'finish', reason }];
  }

  function readEvent(event: Unchecked<WireEvent>): ChatEvent[] {
    const { type } = event;
    if (terminal.has(type)) return finish(type, event.response);
    if (typeof type !== 'string' || !type.startsWith('response.')) return [];
    if (isJsonObject(event.response)) return start(event.response);
    const read = items.read(type, event);
    return read.length === 0 ? [] : [...start(undefined), ...read];
  }

  return {
    read({ event: name, data }: SseEvent) {
      if (over || data === '[DONE]') return [];
      const event = tryParseJson(data);
      if (!isJsonObject(event)) throw notJson();
      if (event.error) return fail(readStatuslessError(event.error));
      if (event.type === 'error' || name === 'error') return fail(readStatuslessError(event));
      // Some servers name the event on its line only.
      return readEvent(typeof event.type === 'string' || name === undefined ? event : { ...event, type: name });
    },
    end() {
      if (over) return [];
      return fail(brokeOff());
    },
    state: () => (over ? 'over' : 'open'),
  };
}
