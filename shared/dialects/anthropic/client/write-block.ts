import type { ChatEvent, ToolCallEvent } from '../../../chat/events.ts';
import type { JsonObject } from '../../../http/json.ts';
import { sseText } from '../../../http/sse.ts';
import { writeCitation, writeSearch } from '../names.ts';
import { type SignaturePlace, writeSignature } from '../signatures.ts';
import { mediaNote } from './write-reply.ts';

type PartEvent = Exclude<ChatEvent, { type: 'start' | 'usage' | 'finish' | 'error' }>;

const isArguments = (event: PartEvent): event is Extract<PartEvent, { type: 'tool-arguments' }> =>
  event.type === 'tool-arguments';

/**
 * Writes the content blocks of one stream. A block is closed before the next is opened. Arguments of parallel calls may come
 * mixed, and only a call's end says that they are whole: while a call is open, all that is not its own waits for its end.
 */
export function blockWriter() {
  let open: 'none' | 'text' | 'thinking' | 'redacted' | 'call' | 'search' = 'none';
  let call = -1;
  let index = 0;
  let held: PartEvent[] = [];

  const event = (type: string, fields: JsonObject): string =>
    sseText({ event: type, data: JSON.stringify({ type, index, ...fields }) });

  function start(kind: typeof open, block: JsonObject): string {
    const before = close();
    open = kind;
    return before + event('content_block_start', { content_block: block });
  }

  const delta = (type: string, fields: JsonObject): string =>
    event('content_block_delta', { delta: { type, ...fields } });

  function close(): string {
    if (open === 'none') return '';
    const text = open === 'redacted' ? '' : event('content_block_stop', {});
    if (open !== 'redacted') index += 1;
    open = 'none';
    return text;
  }

  const openText = (): string => (open === 'text' ? '' : start('text', { type: 'text', text: '' }));
  const openThinking = (): string =>
    open === 'thinking' ? '' : start('thinking', { type: 'thinking', thinking: '', signature: '' });

  /** A signature on a text or a call: written as empty thinking before it. */
  function signatureBefore(signature: ToolCallEvent['signature'], place: SignaturePlace): string {
    if (!signature) return '';
    const text = close() + openThinking() + delta('signature_delta', { signature: writeSignature(signature, place) });
    return text + close();
  }

  function openCall({ id, name, signature, index: at }: ToolCallEvent): string {
    const before = signatureBefore(signature, 'call');
    const text = start('call', { type: 'tool_use', id, name, input: {} });
    call = at;
    return before + text;
  }

  function finishThinking(event: Extract<PartEvent, { type: 'signature' }>): string {
    const value = writeSignature(event.signature, 'thinking');
    if (open === 'redacted') {
      open = 'none';
      return start('thinking', { type: 'redacted_thinking', data: value }) + close();
    }
    return openThinking() + delta('signature_delta', { signature: value }) + close();
  }

  /** The call's input is streamed as a call's is: the official clients take it from there. */
  function writeSearchBlocks(search: Extract<PartEvent, { type: 'hosted-call' }>): string {
    const [{ input, ...call }, found] = writeSearch(search);
    const opened = start('search', { ...call, input: {} });
    const text = opened + delta('input_json_delta', { partial_json: JSON.stringify(input) }) + close();
    return text + start('search', found) + close();
  }

  function writeNow(event: PartEvent): string {
    switch (event.type) {
      case 'text': {
        const before = signatureBefore(event.signature, 'text');
        return event.text === '' ? before : before + openText() + delta('text_delta', { text: event.text });
      }
      case 'refusal':
        return event.text === '' ? '' : openText() + delta('text_delta', { text: event.text });
      case 'citation':
        return openText() + delta('citations_delta', { citation: writeCitation(event.citation) });
      case 'hosted-call':
        return writeSearchBlocks(event);
      case 'media':
        return openText() + delta('text_delta', { text: mediaNote(event.media) });
      case 'thinking': {
        if (event.redacted) {
          const before = close();
          open = 'redacted';
          return before;
        }
        const before = openThinking();
        return event.text === '' ? before : before + delta('thinking_delta', { thinking: event.text });
      }
      case 'signature':
        return finishThinking(event);
      case 'tool-call':
        return openCall(event);
      case 'tool-arguments':
        return event.text === '' ? '' : delta('input_json_delta', { partial_json: event.text });
      case 'part-end':
        return close();
      case 'logprobs':
        return '';
    }
  }

  function write(event: PartEvent): string {
    if (open !== 'call') return event.type === 'tool-arguments' ? '' : writeNow(event);
    if (event.type === 'tool-arguments' && event.index === call) return writeNow(event);
    if (event.type === 'part-end' && held.length === 0) return close();
    held.push(event);
    return '';
  }

  /** Closes the call that all else waited for, then writes what waited: each call with all of its arguments. */
  function end(): string {
    let text = close();
    const waited = held;
    held = [];
    const pieces = Map.groupBy(waited.filter(isArguments), (event) => event.index);
    for (const event of waited) {
      if (event.type === 'tool-arguments') continue;
      text += writeNow(event);
      if (event.type !== 'tool-call') continue;
      for (const own of pieces.get(event.index) ?? []) text += writeNow(own);
      text += close();
    }
    text += close();
    if (index > 0) return text;
    return text + openText() + close();
  }

  return { write, end };
}
