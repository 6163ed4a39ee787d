import { defined } from '../../../chat/defined.ts';
import type { ChatEvent } from '../../../chat/events.ts';
import type { Citation } from '../../../chat/request.ts';
import { searchOf } from '../../../chat/sources.ts';
import type { GatewayError } from '../../../errors.ts';
import { isJsonObject, type JsonObject, tryParseJson } from '../../../http/json.ts';
import type { SseEvent } from '../../../http/sse.ts';
import type { ReadContext, StreamReader } from '../../dialect.ts';
import { brokeOff, notJson, stoppedWith } from '../../kit/provider-failures.ts';
import { wordOf } from '../../kit/read-values.ts';
import type { Unchecked } from '../../kit/wire.ts';
import { failedReasons, ISSUER, RUN_BY_AWS, readCitation, readFinish, readImage } from '../names.ts';
import { readUsage } from '../usage.ts';
import type { WireEvent, WireThinkingDelta } from '../wire.ts';
import { readException } from './errors.ts';
import { toolBlocks } from './tool-blocks.ts';

/** An event's name begins so where AWS's stream says `:message-type: exception`. */
const EXCEPTION = 'exception:';

/**
 * Reads the events of ConverseStream. Blocks of text and thinking begin without a start; `metadata` with the token counts comes
 * after `messageStop`, so that the finish is held until the stream is over.
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
 */
export function streamReader(context: ReadContext): StreamReader {
  const tools = toolBlocks(context);
  /** Formats of the images under way, by block. */
  const images = new Map<number, unknown>();
  const cited: Citation[] = [];
  let started = false;
  let ending: { reason: string; additional: unknown } | undefined;
  let counted = false;
  let over = false;

  function start(): ChatEvent[] {
    // A second `messageStart` would be an answer begun anew by AWS; blocks go on where they were.
    if (started) return [];
    started = true;
    return [{ type: 'start', id: `msg_${context.id}`, model: context.model, created: context.now }];
  }

  function readStart({ start: opened }: Unchecked<WireEvent>, block: number): ChatEvent[] {
    if (!isJsonObject(opened)) return [];
    if (isJsonObject(opened.image)) images.set(block, opened.image.format);
    return isJsonObject(opened.toolUse) && opened.toolUse.type !== RUN_BY_AWS ? tools.open(block, opened.toolUse) : [];
  }

  function readDelta({ delta }: Unchecked<WireEvent>, block: number): ChatEvent[] {
    if (!isJsonObject(delta)) return [];
    if (typeof delta.text === 'string') return delta.text === '' ? [] : [{ type: 'text', text: delta.text }];
    if (isJsonObject(delta.toolUse)) return tools.take(block, delta.toolUse.input);
    if (isJsonObject(delta.reasoningContent)) return readThinking(delta.reasoningContent);
    if (isJsonObject(delta.citation)) return readCited(delta.citation);
    const image = isJsonObject(delta.image) ? readImage(images.get(block), delta.image.source) : undefined;
    return image ? [{ type: 'media', media: 'image', ...image }] : [];
  }

  function readCited(wire: JsonObject): ChatEvent[] {
    const citation = readCitation(wire);
    if (context.memo?.searched) cited.push(citation);
    return [{ type: 'citation', citation }];
  }

  function readEnd({ stopReason, additionalModelResponseFields: additional }: Unchecked<WireEvent>): ChatEvent[] {
    const reason = wordOf(stopReason);
    if (failedReasons.has(reason)) return fail(stoppedWith(reason));
    ending = { reason, additional };
    return [];
  }

  function readEvent(event: string, payload: Unchecked<WireEvent>): ChatEvent[] {
    const block = typeof payload.contentBlockIndex === 'number' ? payload.contentBlockIndex : 0;
    switch (event) {
      case 'messageStart':
        return start();
      case 'contentBlockStart':
        return [...start(), ...readStart(payload, block)];
      case 'contentBlockDelta':
        return [...start(), ...readDelta(payload, block)];
      case 'contentBlockStop':
        return tools.close(block) ?? [{ type: 'part-end' }];
      case 'messageStop':
        return [...start(), ...readEnd(payload)];
      case 'metadata':
        counted = true;
        return Object.values(defined({ usage: readUsage(payload.usage) })).map((usage) => ({ type: 'usage', usage }));
      default:
        return [];
    }
  }

  function fail(error: GatewayError): ChatEvent[] {
    over = true;
    return [{ type: 'error', error }];
  }

  return {
    read({ event = '', data }: SseEvent) {
      if (over) return [];
      if (event.startsWith(EXCEPTION)) return fail(readException(event.slice(EXCEPTION.length), data));
      const payload = tryParseJson(data);
      if (!isJsonObject(payload)) throw notJson();
      return readEvent(event, payload);
    },
    end() {
      if (over) return [];
      if (!ending) return fail(brokeOff());
      over = true;
      const { finish: reason, ...stop } = readFinish({ ...ending, called: tools.called() });
      return [...tools.end(), ...searchOf(cited, context.id), { type: 'finish', reason, ...stop }];
    },
    state: () => (over || (ending && counted) ? 'over' : ending ? 'ending' : 'open'),
  };
}

function readThinking({ text, signature, redactedContent: hidden }: Unchecked<WireThinkingDelta>): ChatEvent[] {
  const events: ChatEvent[] = [];
  if (typeof text === 'string' && text !== '') events.push({ type: 'thinking', text });
  if (typeof hidden === 'string') {
    events.push({ type: 'thinking', text: '', redacted: true });
    events.push({ type: 'signature', signature: { issuer: ISSUER, value: hidden } });
  }
  if (typeof signature === 'string' && signature !== '') {
    events.push({ type: 'signature', signature: { issuer: ISSUER, value: signature } });
  }
  return events;
}
