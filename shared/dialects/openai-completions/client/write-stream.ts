import type { ChatEvent } from '../../../chat/events.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { JsonObject } from '../../../http/json.ts';
import { sseText } from '../../../http/sse.ts';
import type { DialectContext, StreamWriter } from '../../dialect.ts';
import { writeOpenaiError } from '../../kit/openai/errors.ts';
import type { CompletionsGlance } from '../glance.ts';
import { writeLogprobs } from './logprobs.ts';
import { completionId, echoOf, writeFinish, writeUsage } from './write-reply.ts';

/** An error inside a stream; `[DONE]` must not follow it. */
export const errorEvent = (error: Parameters<typeof writeOpenaiError>[0]): string =>
  sseText({ data: JSON.stringify(writeOpenaiError(error)) });

/** Writes a stream of chunks: each choice opens with the prompt where it is echoed, and ends with its reason. */
export function streamWriter(
  { streamUsage }: Pick<CompletionsGlance, 'streamUsage'>,
  context: DialectContext,
): StreamWriter {
  const echo = echoOf(context);
  let head = headOf({ id: '', model: context.model });
  let usage: Usage | undefined;
  /** UTF-16 units written of each choice, by the tokens that came with their probabilities. */
  const offsets = new Map<number, number>();

  function headOf({ id, model, created, native }: Omit<Extract<ChatEvent, { type: 'start' }>, 'type'>): JsonObject {
    const named = { id: completionId(id, context), object: 'text_completion', created: created ?? context.now, model };
    return { ...named, ...native };
  }

  function chunk(index: number, text: string, finish: string | null = null, logprobs: JsonObject | null = null) {
    const choices = [{ index, text, logprobs, finish_reason: finish }];
    return sseText({ data: JSON.stringify({ ...head, choices, ...(streamUsage ? { usage: null } : {}) }) });
  }

  function opening(index: number): string {
    if (offsets.has(index)) return '';
    offsets.set(index, echo.length);
    return echo === '' ? '' : chunk(index, echo);
  }

  function writeLogprobChunk(index: number, read: unknown): string {
    const offset = offsets.get(index) ?? 0;
    const logprobs = writeLogprobs(read, offset);
    if (!logprobs) return '';
    offsets.set(index, offset + (logprobs.tokens as string[]).join('').length);
    return chunk(index, '', null, logprobs);
  }

  return {
    write(event) {
      if (event.type === 'error') return errorEvent(event.error);
      if (event.type === 'start') {
        head = headOf(event);
        return opening(0);
      }
      if (event.type === 'usage') {
        usage = event.usage;
        return '';
      }
      const index = event.choice ?? 0;
      const prefix = opening(index);
      if (event.type === 'text' || event.type === 'refusal') return prefix + chunk(index, event.text);
      if (event.type === 'logprobs') return prefix + writeLogprobChunk(index, event.logprobs);
      return event.type === 'finish' ? prefix + chunk(index, '', writeFinish(event.reason)) : prefix;
    },
    end() {
      const counts = { ...head, choices: [], usage: writeUsage(usage ?? { input: 0, output: 0 }) };
      return `${streamUsage ? sseText({ data: JSON.stringify(counts) }) : ''}data: [DONE]\n\n`;
    },
  };
}
