import type { ChatEvent, ToolCallEvent } from '../../../chat/events.ts';
import { pushAll } from '../../../chat/push-all.ts';
import type { Citation, HostedCallPart, Signature } from '../../../chat/request.ts';
import { isJsonObject, type JsonObject, tryParseJson } from '../../../http/json.ts';
import { OUR_REASONING, writeAnnotation, writeEncrypted, writeSignature } from '../names.ts';
import { TOOL_SEARCH, type ToolNames } from '../tool-names.ts';

/** Called with every event of the output, in order, without its number. */
export type Emit = (type: string, fields: JsonObject) => void;

type ItemStatus = 'completed' | 'incomplete';
export type OutputEvent = Exclude<ChatEvent, { type: 'start' | 'usage' | 'finish' | 'error' }>;

interface Item {
  index: number;
  item: JsonObject & { id: string };
}
/** A search among the caller's own tools has an item whose arguments are an object: they are not streamed. */
type Call = Item & { field: 'arguments' | 'input'; closed: boolean; search?: string };
type Said = JsonObject & { annotations: unknown[]; logprobs: unknown[] };

/**
 * Makes the output's items of an answer's events. Each has an index and an id of its own; text and thinking are closed before
 * the next item begins, calls at the end, since the arguments of parallel ones may come mixed.
 */
export function outputWriter(id: string, emit: Emit, names: Pick<ToolNames, 'callersTool' | 'hasToolSearch'>) {
  const output: JsonObject[] = [];
  const calls = new Map<number, Call>();
  const callIds = new Set<string>();
  let message: (Item & { content: JsonObject[] }) | undefined;
  let part: JsonObject | undefined;
  let lastText: Said | undefined;
  let thinking: (Item & { text: string; redacted: boolean }) | undefined;
  let hasRefusal = false;

  function add(prefix: string, fields: JsonObject): Item {
    const index = output.length;
    const item = { id: `${prefix}_${id}_${index}`, ...fields };
    output.push(item);
    emit('response.output_item.added', { output_index: index, item: { ...item } });
    return { index, item };
  }

  function done({ index, item }: Item): void {
    emit('response.output_item.done', { output_index: index, item });
  }

  const place = ({ index, item }: Item): JsonObject => ({ item_id: item.id, output_index: index });
  const partPlace = (): JsonObject => ({ ...place(message!), content_index: message!.content.length - 1 });

  function openPart(fresh: JsonObject): void {
    if (!message) {
      const opened = add('msg', { type: 'message', status: 'in_progress', role: 'assistant', content: [] });
      const content: JsonObject[] = [];
      opened.item.content = content;
      message = { ...opened, content };
    }
    part = fresh;
    message.content.push(fresh);
    emit('response.content_part.added', { ...partPlace(), part: structuredClone(fresh) });
  }

  function openText(signature?: Signature): Said {
    const open = part?.type === 'output_text' && !part.signature && !signature;
    if (!open) {
      closePart();
      const signed = signature ? writeSignature(signature) : {};
      openPart({ type: 'output_text', text: '', annotations: [], logprobs: [], ...signed });
    }
    lastText = part as Said;
    return lastText;
  }

  function sayText(text: string, signature?: Signature): void {
    closeThinking('completed');
    const said = openText(signature);
    if (text === '') return;
    said.text += text;
    emit('response.output_text.delta', { ...partPlace(), delta: text, logprobs: [] });
  }

  function sayRefusal(text: string): void {
    closeThinking('completed');
    hasRefusal = true;
    if (part?.type !== 'refusal') {
      closePart();
      openPart({ type: 'refusal', refusal: '' });
    }
    part!.refusal += text;
    emit('response.refusal.delta', { ...partPlace(), delta: text });
  }

  function closePart(): void {
    if (!part) return;
    const at = partPlace();
    if (part.type === 'refusal') emit('response.refusal.done', { ...at, refusal: part.refusal });
    else emit('response.output_text.done', { ...at, text: part.text, logprobs: part.logprobs });
    emit('response.content_part.done', { ...at, part });
    part = undefined;
  }

  function closeMessage(status: ItemStatus): void {
    closePart();
    if (!message) return;
    message.item.status = status;
    done(message);
    message = undefined;
  }

  function think(text: string, redacted: boolean): void {
    closeMessage('completed');
    if (thinking && (redacted || thinking.redacted)) closeThinking('completed');
    thinking ??= { ...add(OUR_REASONING, { type: 'reasoning', summary: [] }), text: '', redacted };
    if (text === '') return;
    const at = { ...place(thinking), summary_index: 0 };
    if (thinking.text === '') {
      emit('response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } });
    }
    thinking.text += text;
    emit('response.reasoning_summary_text.delta', { ...at, delta: text });
  }

  function closeThinking(status: ItemStatus, signature?: Signature): void {
    if (!thinking) return;
    const { item, text, redacted } = thinking;
    if (text !== '') {
      const at = { ...place(thinking), summary_index: 0 };
      const summary = { type: 'summary_text', text };
      emit('response.reasoning_summary_text.done', { ...at, text });
      emit('response.reasoning_summary_part.done', { ...at, part: summary });
      item.summary = [summary];
    }
    item.status = status;
    if (signature) item.encrypted_content = writeEncrypted(signature, redacted);
    done(thinking);
    thinking = undefined;
  }

  /** Clients know calls by their ids and fail where two are equal. */
  function ownCallId(callId: string): string {
    let own = callId === '' ? `call_${id}_${output.length}` : callId;
    while (callIds.has(own)) own = `${own}_${output.length}`;
    callIds.add(own);
    return own;
  }

  function openCall({ index, id: callId, name, kind, signature }: ToolCallEvent): void {
    closeText('completed');
    if (name === TOOL_SEARCH && names.hasToolSearch) {
      openToolSearch(index, callId);
      return;
    }
    const field = kind === 'custom' ? 'input' : 'arguments';
    const type = kind === 'custom' ? 'custom_tool_call' : 'function_call';
    const signed = signature ? writeSignature(signature) : {};
    const fields = {
      type,
      status: 'in_progress',
      call_id: ownCallId(callId),
      ...names.callersTool(name),
      [field]: '',
      ...signed,
    };
    calls.set(index, { ...add(kind === 'custom' ? 'ctc' : 'fc', fields), field, closed: false });
  }

  function openToolSearch(index: number, callId: string): void {
    const fields = { type: 'tool_search_call', status: 'in_progress', call_id: ownCallId(callId), execution: 'client' };
    calls.set(index, { ...add('ts', { ...fields, arguments: {} }), field: 'arguments', closed: false, search: '' });
  }

  function sayArguments(index: number, text: string): void {
    const call = calls.get(index);
    if (!call || call.closed || text === '') return;
    if (call.search !== undefined) {
      call.search += text;
      return;
    }
    call.item[call.field] += text;
    emit(`${deltaOf(call.field)}.delta`, { ...place(call), delta: text });
  }

  function closeCall(index: number, status: ItemStatus): void {
    const call = calls.get(index);
    if (!call || call.closed) return;
    const { field, item, search } = call;
    if (search !== undefined) {
      call.closed = true;
      const asked = tryParseJson(search);
      Object.assign(item, { arguments: isJsonObject(asked) ? asked : {}, status });
      done(call);
      return;
    }
    if (field === 'arguments' && item.arguments === '') sayArguments(index, '{}');
    call.closed = true;
    emit(`${deltaOf(field)}.done`, { ...place(call), [field]: item[field] });
    item.status = status;
    done(call);
  }

  function draw(mediaType: string, data: string): void {
    closeText('completed');
    const image = add('ig', { type: 'image_generation_call', status: 'in_progress', result: null });
    Object.assign(image.item, { status: 'completed', output_format: mediaType.replace('image/', ''), result: data });
    done(image);
  }

  /** A search that the provider has run: its item has all events of one, though it is over when we hear of it. */
  function search({ queries, sources }: Pick<HostedCallPart, 'queries' | 'sources'>): void {
    closeText('completed');
    const found = sources.map(({ url }) => ({ type: 'url', url }));
    const action = { type: 'search', query: queries[0] ?? '', queries, sources: found };
    const opened = add('ws', { type: 'web_search_call', status: 'in_progress', action });
    for (const state of ['in_progress', 'searching', 'completed'])
      emit(`response.web_search_call.${state}`, place(opened));
    opened.item.status = 'completed';
    done(opened);
  }

  function closeText(status: ItemStatus): void {
    closeThinking(status);
    closeMessage(status);
  }

  function cite(citation: Citation): void {
    const { annotations } = openText();
    const annotation = writeAnnotation(citation);
    annotations.push(annotation);
    const annotation_index = annotations.length - 1;
    emit('response.output_text.annotation.added', { ...partPlace(), annotation_index, annotation });
  }

  /** A dialect that marks the end of a part marks the end of the last call with it too. */
  function endPart(): void {
    closePart();
    closeThinking('completed');
    const last = [...calls.keys()].at(-1);
    if (last !== undefined) closeCall(last, 'completed');
  }

  function take(event: OutputEvent): void {
    switch (event.type) {
      case 'text':
        sayText(event.text, event.signature);
        break;
      case 'refusal':
        sayRefusal(event.text);
        break;
      case 'thinking':
        think(event.text, event.redacted ?? false);
        break;
      case 'signature':
        if (!thinking) think('', false);
        closeThinking('completed', event.signature);
        break;
      case 'tool-call':
        openCall(event);
        break;
      case 'tool-arguments':
        sayArguments(event.index, event.text);
        break;
      case 'citation':
        cite(event.citation);
        break;
      case 'hosted-call':
        search(event);
        break;
      case 'media':
        if (event.media === 'image') draw(event.mediaType, event.data);
        break;
      case 'logprobs':
        if (lastText) pushAll(lastText.logprobs, tokensOf(event.logprobs));
        break;
      case 'part-end':
        endPart();
        break;
    }
  }

  /** Closes what is open; an answer that was cut off leaves its last items incomplete. */
  function close(status: ItemStatus): void {
    closeText(status);
    for (const index of calls.keys()) closeCall(index, status);
  }

  return { take, close, output, hasRefusal: () => hasRefusal };
}

const deltaOf = (field: 'arguments' | 'input'): string =>
  field === 'input' ? 'response.custom_tool_call_input' : 'response.function_call_arguments';

function tokensOf(logprobs: unknown): unknown[] {
  const content = (logprobs as { content?: unknown } | null)?.content;
  return Array.isArray(content) ? content : [];
}
