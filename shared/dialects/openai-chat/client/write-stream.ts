import type { ChatEvent, ToolCallEvent } from '../../../chat/events.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { JsonObject } from '../../../http/json.ts';
import { sseText } from '../../../http/sse.ts';
import type { DialectContext, StreamWriter } from '../../dialect.ts';
import { errorEvent } from '../errors.ts';
import type { ChatGlance } from '../glance.ts';
import { writeAnnotation, writeExtraContent, writeFinish } from '../names.ts';
import { writeUsage } from '../usage.ts';
import { writeThinkingBlock } from './write-reply.ts';

/** Writes a stream of chunks as OpenAI does: a role first, one finish a choice, usage where asked for, `[DONE]`. */
export function streamWriter(request: Pick<ChatGlance, 'streamUsage'>, context: DialectContext): StreamWriter {
  let head: JsonObject = {
    id: context.id,
    object: 'chat.completion.chunk',
    created: context.now,
    model: context.model,
  };
  let usage: Usage | undefined;
  const choices = new Map<number, ReturnType<typeof choiceState>>();

  function start({ id, model, created, native }: Extract<ChatEvent, { type: 'start' }>): string {
    // A start behind the first chunk comes too late to name the answer: all its chunks have one id.
    if (choices.size > 0) return '';
    head = { id, object: 'chat.completion.chunk', created: created ?? context.now, model, ...native };
    return opening(0);
  }

  /** The role chunk of a choice, where it has not been sent. */
  function opening(index: number): string {
    if (choices.has(index)) return '';
    choices.set(index, choiceState());
    return chunk(index, { role: 'assistant', content: '', refusal: null });
  }

  function chunk(index: number, delta: JsonObject, finish: string | null = null, logprobs: unknown = null): string {
    const choice = { index, delta, logprobs, finish_reason: finish };
    return sseText({
      data: JSON.stringify({ ...head, choices: [choice], ...(request.streamUsage ? { usage: null } : {}) }),
    });
  }

  function write(event: ChatEvent): string {
    if (event.type === 'start') return start(event);
    if (event.type === 'error') return errorEvent(event.error);
    if (event.type === 'usage') {
      usage = event.usage;
      return '';
    }
    const index = event.choice ?? 0;
    const prefix = opening(index);
    const state = choices.get(index)!;
    if (event.type === 'finish') {
      const reason = state.isLegacy() ? 'function_call' : writeFinish(event.reason);
      return prefix + chunk(index, {}, reason);
    }
    if (event.type === 'logprobs') return prefix + chunk(index, {}, null, event.logprobs);
    const delta = state.delta(event);
    return delta ? prefix + chunk(index, delta) : prefix;
  }

  return {
    write,
    end() {
      const counts = request.streamUsage
        ? sseText({
            data: JSON.stringify({ ...head, choices: [], usage: writeUsage(usage ?? { input: 0, output: 0 }) }),
          })
        : '';
      return `${counts}data: [DONE]\n\n`;
    },
  };
}

type DeltaEvent = Exclude<ChatEvent, { type: 'start' | 'error' | 'usage' | 'finish' | 'logprobs' }>;

function choiceState() {
  let thinking = '';
  let redacted = false;
  let legacy = false;

  function openCall({ index, id, name, kind, signature, legacy: old }: ToolCallEvent): JsonObject {
    if (old) {
      legacy = true;
      return { function_call: { name, arguments: '' } };
    }
    const extra = signature ? { extra_content: writeExtraContent(signature) } : {};
    const call =
      kind === 'custom'
        ? { type: 'custom', custom: { name, input: '' } }
        : { type: 'function', function: { name, arguments: '' } };
    if (kind === 'custom') customCalls.add(index);
    return { tool_calls: [{ index, id, ...call, ...extra }] };
  }

  const customCalls = new Set<number>();

  function callArguments(index: number, text: string): JsonObject {
    if (legacy) return { function_call: { arguments: text } };
    return {
      tool_calls: [
        { index, ...(customCalls.has(index) ? { custom: { input: text } } : { function: { arguments: text } }) },
      ],
    };
  }

  function delta(event: DeltaEvent): JsonObject | undefined {
    switch (event.type) {
      case 'text':
        return event.signature
          ? { content: event.text, extra_content: writeExtraContent(event.signature) }
          : { content: event.text };
      case 'refusal':
        return { refusal: event.text };
      case 'thinking':
        thinking += event.text;
        redacted = event.redacted ?? false;
        return event.text === '' ? undefined : { reasoning_content: event.text };
      case 'signature': {
        const block = writeThinkingBlock({ type: 'thinking', text: thinking, signature: event.signature, redacted });
        thinking = '';
        redacted = false;
        return { thinking_blocks: [block] };
      }
      case 'tool-call':
        return openCall(event);
      case 'tool-arguments':
        return callArguments(event.index, event.text);
      case 'citation':
        return { annotations: [writeAnnotation(event.citation)] };
      case 'media':
        return event.media === 'image'
          ? { images: [{ type: 'image_url', image_url: { url: `data:${event.mediaType};base64,${event.data}` } }] }
          : { audio: { data: event.data } };
      case 'part-end':
        return undefined;
    }
  }

  return { delta, isLegacy: () => legacy };
}
