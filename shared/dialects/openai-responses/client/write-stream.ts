import type { ChatEvent } from '../../../chat/events.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { GatewayError } from '../../../errors.ts';
import type { JsonObject } from '../../../http/json.ts';
import { sseText } from '../../../http/sse.ts';
import type { DialectContext, StreamWriter } from '../../dialect.ts';
import { asksForSummary } from '../compaction.ts';
import { toolNames } from '../tool-names.ts';
import { writeErrorEvent } from './errors.ts';
import { endOf, type ResponseHead, type ResponseState, responseId, responseObject } from './response-object.ts';
import { outputWriter } from './write-output.ts';
import { summaryWriter } from './write-summary.ts';

/** Writes a stream as OpenAI does: numbered events, each item closed before the response is, no `[DONE]`. */
export function streamWriter(_: unknown, context: DialectContext): StreamWriter {
  const response = responseWriter(context);
  let text = '';
  let number = 0;

  function emit(type: string, fields: JsonObject): void {
    text += sseText({ event: type, data: JSON.stringify({ type, sequence_number: number, ...fields }) });
    number += 1;
  }

  function taken(): string {
    const written = text;
    text = '';
    return written;
  }

  return {
    write(event) {
      if (event.type === 'error') text += writeErrorEvent(event.error, number, response.failed(event.error));
      else response.take(event, emit);
      return taken();
    },
    end() {
      response.end(emit);
      return taken();
    },
  };
}

type Emit = Parameters<typeof outputWriter>[1];

/** Writes a response as it grows; `write-reply` asks only for the whole at the end. */
export function responseWriter(context: DialectContext) {
  let head: ResponseHead = { id: `resp_${context.id}`, model: context.model, created: context.now };
  let emitTo: Emit = () => {};
  const names = toolNames(context.request ?? {});
  const emitNow: Emit = (type, fields) => emitTo(type, fields);
  const writer = asksForSummary(context.request ?? {})
    ? summaryWriter(context.id, emitNow)
    : outputWriter(context.id, emitNow, names);
  let started = false;
  let usage: Usage | undefined;
  let end: Pick<ResponseState, 'status' | 'incomplete'> = { status: 'completed' };

  function response(state: Pick<ResponseState, 'status' | 'incomplete' | 'error'>): JsonObject {
    return responseObject(head, { ...state, output: writer.output, usage }, context);
  }

  function start(): void {
    if (started) return;
    started = true;
    const opening = response({ status: 'in_progress' });
    emitTo('response.created', { response: opening });
    emitTo('response.in_progress', { response: opening });
  }

  function take(event: Exclude<ChatEvent, { type: 'error' }>, emit: Emit): void {
    emitTo = emit;
    if (event.type === 'usage') {
      usage = event.usage;
      return;
    }
    if (event.type === 'start') {
      const { id, model, created, native } = event;
      head = { id: responseId(id, context), model, created: created ?? context.now, ...(native ? { native } : {}) };
      start();
      return;
    }
    // A response holds one answer, and a caller of this dialect can ask for one only.
    if (event.choice) return;
    start();
    if (event.type === 'finish') {
      end = endOf(event.reason, writer.hasRefusal());
      writer.close(end.status === 'incomplete' ? 'incomplete' : 'completed');
    } else writer.take(event);
  }

  return {
    take,
    end(emit: Emit): void {
      emitTo = emit;
      start();
      emitTo(`response.${end.status}`, { response: response(end) });
    },
    /** The response as a whole, once its end is known. */
    whole: () => response(end),
    failed: (error: GatewayError) => response({ status: 'failed', error }),
  };
}
