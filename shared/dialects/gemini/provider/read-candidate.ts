import type { ChatEvent, FinishReason } from '../../../chat/events.ts';
import { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import type { ReadContext } from '../../dialect.ts';
import { cleanMessage } from '../../kit/clean-message.ts';
import { quoteOf } from '../../kit/provider-failures.ts';
import { filled } from '../../kit/read-values.ts';
import { streamBounds } from '../../kit/stream-bounds.ts';
import { callersName } from '../../kit/tool-names.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { callersId, failedReasons, ISSUER, readFinish } from '../names.ts';
import type { WireCandidate, WirePart } from '../wire.ts';
import { citationReader, readGrounding } from './citations.ts';
import { readLogprobs } from './logprobs.ts';

/** Characters of an answer that citations may point into. */
const MOST_TEXT = 4_000_000;

/**
 * Reads one of the answers. A signature belongs to the part it stands on, which may be an empty text, and stays there. Calls come
 * whole. The end is held until the stream is over: the model's failures are sent as ends, and count only if there was no text or call.
 */
export function candidateReader(index: number, context: ReadContext) {
  const where = index === 0 ? {} : { choice: index };
  const readCitations = citationReader();
  const { memo } = context;
  const ids = new Set<string>();
  const bounds = streamBounds();
  let text = '';
  let calls = 0;
  let reason: string | undefined;
  let failure: string | undefined;
  /** The last one counts: chunks repeat it as it grows. */
  let grounding: JsonObject | undefined;

  function readPart(part: Unchecked<WirePart>): ChatEvent[] {
    if (isJsonObject(part.functionCall)) return readCall(part.functionCall, part);
    if (typeof part.text === 'string') return part.thought === true ? readThinking(part) : readText(part.text, part);
    // Sketches made while thinking are no part of the answer.
    return isJsonObject(part.inlineData) && part.thought !== true ? readMedia(part.inlineData) : [];
  }

  function readText(words: string, part: Unchecked<WirePart>): ChatEvent[] {
    const signed = signatureOf(part);
    if (words === '' && !signed.signature) return [];
    if (text.length < MOST_TEXT) text += words;
    return [{ type: 'text', text: words, ...signed, ...where }];
  }

  function readThinking(part: Unchecked<WirePart>): ChatEvent[] {
    const { signature } = signatureOf(part);
    const events: ChatEvent[] = [];
    if (part.text !== '') events.push({ type: 'thinking', text: String(part.text), ...where });
    if (signature) events.push({ type: 'signature', signature, ...where });
    return events;
  }

  function readCall(
    { id, name, args }: Unchecked<NonNullable<WirePart['functionCall']>>,
    part: Unchecked<WirePart>,
  ): ChatEvent[] {
    const sent = filled(name) ?? '';
    const given = JSON.stringify(isJsonObject(args) ? args : {});
    // The tool that stood in for a schema: what it was called with is the answer.
    if (memo?.formatTool === sent && sent !== '') return readText(given, {});
    const call = { type: 'tool-call', index: calls, id: idOf(id), name: callersName(sent, memo) } as const;
    calls += 1;
    const signed = signatureOf(part);
    const { index } = call;
    if (!memo?.customTools?.has(sent)) {
      return [
        { ...call, ...signed, ...where },
        { type: 'tool-arguments', index, text: given, ...where },
      ];
    }
    const input = isJsonObject(args) && typeof args.input === 'string' ? args.input : given;
    const opening: ChatEvent = { ...call, kind: 'custom', ...signed, ...where };
    return input === '' ? [opening] : [opening, { type: 'tool-arguments', index, text: input, ...where }];
  }

  /** Where Gemini gives no id, or gives one twice, we make one. */
  function idOf(given: unknown): string {
    const own = filled(given);
    const made = `call_${context.id}_${index === 0 ? '' : `${index}_`}${calls}`;
    const id = own === undefined || ids.has(own) ? made : callersId(own);
    bounds.parts(ids.size + 1);
    if (own !== undefined) ids.add(own);
    return id;
  }

  function readMedia({ mimeType, data }: Unchecked<NonNullable<WirePart['inlineData']>>): ChatEvent[] {
    const mediaType = filled(mimeType) ?? 'application/octet-stream';
    const media = mediaType.startsWith('audio/') ? 'audio' : 'image';
    return typeof data === 'string' ? [{ type: 'media', media, mediaType, data, ...where }] : [];
  }

  function read(candidate: Unchecked<WireCandidate>): ChatEvent[] {
    if (isJsonObject(candidate.groundingMetadata)) grounding = candidate.groundingMetadata;
    const { content, citationMetadata, logprobsResult, finishReason, finishMessage } = candidate;
    const parts = isJsonObject(content) && Array.isArray(content.parts) ? content.parts.filter(isJsonObject) : [];
    const events = parts.flatMap(readPart);
    for (const citation of readCitations(citationMetadata, text)) events.push({ type: 'citation', citation, ...where });
    const logprobs = readLogprobs(logprobsResult);
    if (logprobs !== undefined) events.push({ type: 'logprobs', logprobs, ...where });
    reason ??= filled(finishReason);
    failure ??= filled(finishMessage);
    return events;
  }

  function end(): ChatEvent {
    const hasSpoken = text !== '' || calls > 0;
    if (reason !== undefined && failedReasons.has(reason) && !hasSpoken) {
      const said = cleanMessage(failure);
      const message = `The provider stopped its answer with '${reason}'${said ? `: ${said}` : '.'}`;
      return { type: 'error', error: new GatewayError('upstream', message, { quote: quoteOf('upstream', said) }) };
    }
    return { type: 'finish', reason: finishOf(readFinish(reason ?? 'STOP'), calls), ...where };
  }

  /** What the answer rests on, once it is whole. */
  const grounded = (): ChatEvent[] =>
    grounding ? readGrounding(grounding, text, context.id).map((event) => ({ ...event, ...where })) : [];

  return { read, grounded, end, finished: () => reason !== undefined };
}

/** Gemini says STOP though it called a tool; agents would end in silence. */
const finishOf = (reason: FinishReason, calls: number): FinishReason =>
  reason === 'stop' && calls > 0 ? 'tool-calls' : reason;

function signatureOf({ thoughtSignature: value }: Unchecked<WirePart>) {
  return typeof value === 'string' && value !== '' ? { signature: { issuer: ISSUER, value } } : {};
}
