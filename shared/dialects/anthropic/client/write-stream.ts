import type { ChatEvent, FinishReason } from '../../../chat/events.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { JsonObject } from '../../../http/json.ts';
import type { DialectContext, StreamWriter } from '../../dialect.ts';
import { errorEvent } from '../errors.ts';
import { messageId, writeStopReason } from '../names.ts';
import { writeUsage } from '../usage.ts';
import { blockWriter } from './write-block.ts';
import { stopDetails } from './write-reply.ts';

export const eventText = (event: JsonObject & { type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/**
 * Writes a stream as Anthropic does: one message, its blocks one after the other with indexes without a gap, the reason and the
 * counts, the end. The beginning waits for the first content, since it holds the input's tokens and a provider may send them first.
 */
export function streamWriter(_: unknown, context: DialectContext): StreamWriter {
  const blocks = blockWriter();
  let id = context.id;
  let model = context.model;
  let begun = false;
  let usage: Usage | undefined;
  let finish: { reason: FinishReason; stopSequence?: string } | undefined;
  let explanation = '';

  function begin(): string {
    if (begun) return '';
    begun = true;
    const counted = usage ?? { input: context.inputEstimate ?? 0, output: 0 };
    const message = {
      id: messageId(id),
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: writeUsage({ ...counted, output: counted.output || 1 }),
    };
    return eventText({ type: 'message_start', message });
  }

  function write(event: ChatEvent): string {
    switch (event.type) {
      case 'start':
        if (!begun) ({ id, model } = event);
        return '';
      case 'usage':
        usage = event.usage;
        return '';
      case 'finish':
        if (!event.choice) finish = event;
        return '';
      case 'error':
        return errorEvent(event.error, `req_${context.id}`);
      default:
        // This dialect has a place for one answer only.
        if (event.choice) return '';
        if (event.type === 'refusal') explanation += event.text;
        return begin() + blocks.write(event);
    }
  }

  function end(): string {
    const reason = explanation === '' ? (finish?.reason ?? 'stop') : 'refused';
    const delta = {
      stop_reason: writeStopReason(reason),
      stop_sequence: reason === 'stop-sequence' ? (finish?.stopSequence ?? null) : null,
      stop_details: reason === 'refused' ? stopDetails(explanation || null) : null,
    };
    const counts = writeUsage(usage ?? { input: context.inputEstimate ?? 0, output: 0 });
    return [
      begin(),
      blocks.end(),
      eventText({ type: 'message_delta', delta, usage: counts }),
      eventText({ type: 'message_stop' }),
    ].join('');
  }

  return { write, end };
}
