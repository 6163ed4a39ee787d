import { defined } from '../../../chat/defined.ts';
import type { ChatEvent } from '../../../chat/events.ts';
import { pushAll } from '../../../chat/push-all.ts';
import type { Citation } from '../../../chat/request.ts';
import { searchOf } from '../../../chat/sources.ts';
import type { Usage } from '../../../chat/usage.ts';
import type { GatewayError } from '../../../errors.ts';
import { isJsonObject, tryParseLenient } from '../../../http/json.ts';
import type { SseEvent } from '../../../http/sse.ts';
import type { ReadContext, StreamReader } from '../../dialect.ts';
import { readOpenaiError } from '../../kit/openai/errors.ts';
import { brokeOff, notJson, stoppedWith } from '../../kit/provider-failures.ts';
import { filled } from '../../kit/read-values.ts';
import { streamBounds } from '../../kit/stream-bounds.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { errorWithin } from '../errors.ts';
import { failedReasons, readAnnotation, readFinish } from '../names.ts';
import { readUsage } from '../usage.ts';
import type { WireChoice, WireDelta, WireReply } from '../wire-reply.ts';
import { boundChoices, choicesOf } from './choices.ts';
import { readText, readThinking } from './read-text.ts';
import { toolDeltas } from './tool-deltas.ts';

/** Reads the chunks of a provider's stream. The finish is held until the stream ends: usage and repeats may follow it. */
export function streamReader(context: ReadContext): StreamReader {
  const choices = new Map<number, ReturnType<typeof choiceReader>>();
  const bounds = streamBounds();
  let started = false;
  let usage: Usage | undefined;
  let over = false;

  function choiceAt(index: number) {
    let choice = choices.get(index);
    if (!choice) {
      boundChoices(choices.size + 1);
      bounds.parts(choices.size + 1);
      choice = choiceReader(index, context);
      choices.set(index, choice);
    }
    return choice;
  }

  function readChunk(chunk: Unchecked<WireReply>): ChatEvent[] {
    const events: ChatEvent[] = [];
    const wireChoices = choicesOf(chunk);
    if (!started && wireChoices.length > 0) {
      started = true;
      events.push(startEvent(chunk, context));
    }
    for (const wire of wireChoices) {
      if (isJsonObject(wire)) choiceAt(typeof wire.index === 'number' ? wire.index : 0).read(wire, events);
    }
    const counted = chunk.usage || chunk.x_groq || wireChoices[0]?.usage ? readUsage(chunk) : undefined;
    if (counted) {
      usage = counted;
      events.push({ type: 'usage', usage });
    }
    return events;
  }

  /** `[DONE]` is an end even where a provider forgot to say why; a closed connection is one only after a finish. */
  function finish(): ChatEvent[] {
    if (over) return [];
    over = true;
    return [...choices.values()].flatMap((choice) => choice.end());
  }

  const isFinished = (): boolean => choices.size > 0 && [...choices.values()].every((choice) => choice.finished());

  const closed = (): ChatEvent[] => (over || isFinished() ? finish() : fail(brokeOff()));

  function fail(error: GatewayError): ChatEvent[] {
    over = true;
    return [{ type: 'error', error }];
  }

  return {
    read({ event, data }: SseEvent) {
      if (over) return [];
      if (data === '[DONE]') return finish();
      const chunk = tryParseLenient(data);
      if (!isJsonObject(chunk)) throw notJson();
      const error = event === 'error' ? (errorWithin(chunk) ?? readOpenaiError(502, chunk)) : errorWithin(chunk);
      if (error) return fail(error);
      const failed = failedReason(chunk);
      return failed ? fail(stoppedWith(failed)) : readChunk(chunk);
    },
    end: closed,
    state: () => (over ? 'over' : isFinished() ? 'ending' : 'open'),
  };
}

function startEvent(chunk: Unchecked<WireReply>, context: ReadContext): ChatEvent {
  const { service_tier, system_fingerprint } = chunk;
  const native = defined({ service_tier, system_fingerprint });
  return {
    type: 'start',
    id: filled(chunk.id) ?? `chatcmpl-${context.id}`,
    model: filled(chunk.model) ?? context.model,
    created: typeof chunk.created === 'number' && chunk.created > 0 ? chunk.created : context.now,
    ...(Object.keys(native).length === 0 ? {} : { native }),
  };
}

function failedReason({ choices }: Unchecked<WireReply>): string | undefined {
  const reason = Array.isArray(choices) && isJsonObject(choices[0]) ? choices[0].finish_reason : undefined;
  return typeof reason === 'string' && failedReasons.has(reason) ? reason : undefined;
}

function choiceReader(index: number, { id: answer, memo }: ReadContext) {
  const where = index === 0 ? {} : { choice: index };
  const tools = toolDeltas(index, (call) => `call_${answer}_${call}`, memo);
  let reason: string | undefined;
  let legacyCall = false;
  let hadDelta = false;
  const cited: Citation[] = [];

  /** A whole message stands in a stream that is one chunk; after deltas it repeats them (MiniMax's last chunk). */
  function deltaOf({ delta, message }: Unchecked<WireChoice>): Unchecked<WireDelta> {
    if (!isJsonObject(delta)) return isJsonObject(message) && !hadDelta ? message : {};
    hadDelta = true;
    return delta;
  }

  function read(wire: Unchecked<WireChoice>, events: ChatEvent[]): void {
    const delta = deltaOf(wire);
    const thinking = readThinking(delta);
    if (thinking !== '') events.push({ type: 'thinking', text: thinking, ...where });
    const text = readText(delta.content);
    if (text !== '') events.push({ type: 'text', text, ...where });
    if (typeof delta.refusal === 'string' && delta.refusal !== '')
      events.push({ type: 'refusal', text: delta.refusal, ...where });
    if (Array.isArray(delta.tool_calls)) for (const call of delta.tool_calls) pushAll(events, tools.take(call));
    if (isJsonObject(delta.function_call)) pushAll(events, takeLegacy(delta.function_call));
    if (Array.isArray(delta.annotations)) pushAll(events, readCitations(delta.annotations));
    if (wire.logprobs != null) events.push({ type: 'logprobs', logprobs: wire.logprobs, ...where });
    // Some write the end of nothing as the string "null".
    if (typeof wire.finish_reason === 'string' && wire.finish_reason !== '' && wire.finish_reason !== 'null') {
      reason ??= wire.finish_reason;
    }
  }

  /** The deprecated single call: the name comes first, once. */
  function takeLegacy({ name, arguments: text }: Unchecked<NonNullable<WireDelta['function_call']>>): ChatEvent[] {
    const opening: ChatEvent[] = [];
    if (!legacyCall && filled(name)) {
      legacyCall = true;
      opening.push({ type: 'tool-call', index: 0, id: String(name), name: String(name), legacy: true, ...where });
    }
    return filled(text) ? [...opening, { type: 'tool-arguments', index: 0, text: String(text), ...where }] : opening;
  }

  function readCitations(annotations: unknown[]): ChatEvent[] {
    const citations = annotations.flatMap((annotation) => readAnnotation(annotation) ?? []);
    if (memo?.searched) pushAll(cited, citations);
    return citations.map((citation) => ({ type: 'citation', citation, ...where }));
  }

  return {
    read,
    finished: () => reason !== undefined,
    end(): ChatEvent[] {
      const said = readFinish(reason ?? 'stop');
      // Several providers say `stop` though they called a tool; agents would end in silence.
      const finish = said === 'stop' && (tools.any() || legacyCall) ? 'tool-calls' : said;
      const searches = searchOf(cited, answer).map((search) => ({ ...search, ...where }));
      return [...tools.end(), ...searches, { type: 'finish', reason: finish, ...where }];
    },
  };
}
