import type { ChatEvent } from '../../../chat/events.ts';
import type { Signature, ThinkingPart } from '../../../chat/request.ts';
import type { JsonObject } from '../../../http/json.ts';
import { ISSUER } from '../names.ts';
import { partWriter, writeCitations, writeLogprobs } from './write-parts.ts';

type PartEvent = Exclude<ChatEvent, { type: 'start' | 'usage' | 'finish' | 'error' }>;

/** What an event becomes: parts of the answer, or fields beside it. */
interface Written extends JsonObject {
  parts: JsonObject[];
}

const nothing: Written = { parts: [] };

/**
 * Writes one answer of a stream. Arguments of parallel calls may come mixed: from the first call on, all waits for the end, where each
 * call is whole.
 */
export function choiceWriter(isShown: boolean) {
  const writer = partWriter(isShown);
  const held: PartEvent[] = [];
  const texts = new Map<number, string>();
  let thinking = '';
  let isRedacted = false;
  let said = '';
  let isRefused = false;

  /** The thinking so far as one part, whose text was shown piece by piece. */
  function endThinking(signature?: Signature): JsonObject[] {
    const part: ThinkingPart = { type: 'thinking', text: thinking };
    if (signature) part.signature = signature;
    if (isRedacted) part.redacted = true;
    thinking = '';
    isRedacted = false;
    if (part.text === '' && !signature) return [];
    const isOwn = signature?.issuer === ISSUER;
    const written = writer.thinking(isOwn ? { ...part, text: '' } : part);
    return isOwn ? written : [];
  }

  function writeNow(event: PartEvent): Written {
    if (event.type === 'thinking') {
      thinking += event.text;
      isRedacted ||= event.redacted ?? false;
      return { parts: writer.piece(event.text) };
    }
    if (event.type === 'signature') return { parts: endThinking(event.signature) };
    endThinking();
    switch (event.type) {
      case 'text':
        said += event.text;
        return { parts: writer.text(event.text, event.signature) };
      case 'refusal':
        isRefused = true;
        return { parts: writer.text(event.text, undefined) };
      case 'tool-call':
        return { parts: writer.call({ ...event, arguments: texts.get(event.index) ?? '' }) };
      case 'media':
        return { parts: writer.media(event.mediaType, event.data) };
      case 'citation':
        return { parts: [], ...writeCitations([event.citation], said) };
      case 'logprobs':
        return { parts: [], ...writeLogprobs(event.logprobs) };
      default:
        return nothing;
    }
  }

  return {
    take(event: PartEvent): Written {
      if (event.type === 'tool-arguments') {
        texts.set(event.index, (texts.get(event.index) ?? '') + event.text);
        return nothing;
      }
      if (held.length === 0 && event.type !== 'tool-call') return writeNow(event);
      held.push(event);
      return nothing;
    },
    /** The parts that waited. */
    end: (): JsonObject[] => held.splice(0).flatMap((event) => writeNow(event).parts),
    isRefused: () => isRefused,
  };
}
