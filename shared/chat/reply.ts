import { GatewayError } from '../errors.ts';
import type { ChatEvent, FinishReason, ToolCallEvent } from './events.ts';
import type { AssistantPart, RefusalPart, Signature, TextPart, ThinkingPart, ToolCallPart } from './request.ts';
import type { Usage } from './usage.ts';

/** A whole answer. */
export interface ChatReply {
  id: string;
  model: string;
  /** Epoch seconds. */
  created?: number;
  choices: Choice[];
  usage?: Usage;
  /** Fields of the provider's reply that the hub has no word for: `system_fingerprint`, `service_tier`. */
  native?: Record<string, unknown>;
}

export interface Choice {
  parts: AssistantPart[];
  finish: FinishReason;
  stopSequence?: string;
  logprobs?: unknown;
}

/** Gathers a finished stream into the reply it holds. Fails with the error in it, or where it has no end. */
export function collectReply(events: Iterable<ChatEvent>): ChatReply {
  const reply: ChatReply = { id: '', model: '', choices: [] };
  const open = new Map<number, OpenChoice>();
  for (const event of events) {
    if (event.type === 'error') throw event.error;
    if (event.type === 'usage') reply.usage = event.usage;
    else if (event.type === 'start') Object.assign(reply, startOf(event));
    else choiceAt(open, event.choice ?? 0).take(event);
  }
  reply.choices = [...open].sort(([a], [b]) => a - b).map(([, choice]) => choice.finished());
  return reply;
}

function startOf({ type: _, ...start }: Extract<ChatEvent, { type: 'start' }>): Partial<ChatReply> {
  return start;
}

type OpenChoice = ReturnType<typeof openChoice>;
type ChoiceEvent = Exclude<ChatEvent, { type: 'error' | 'usage' | 'start' }>;

function choiceAt(open: Map<number, OpenChoice>, index: number): OpenChoice {
  const choice = open.get(index) ?? openChoice();
  open.set(index, choice);
  return choice;
}

function openChoice() {
  const parts: AssistantPart[] = [];
  const calls = new Map<number, ToolCallPart>();
  let open: AssistantPart | undefined;
  let finish: Pick<Choice, 'finish' | 'stopSequence'> | undefined;
  let logprobs: unknown;

  function add<Part extends AssistantPart>(part: Part): Part {
    parts.push(part);
    open = part;
    return part;
  }

  const openText = (): TextPart => (open?.type === 'text' && !open.signature ? open : add({ type: 'text', text: '' }));

  function addText(text: string, signature: Signature | undefined): void {
    const part: TextPart = signature ? add({ type: 'text', text: '', signature }) : openText();
    part.text += text;
  }

  function addThinking(text: string, redacted: boolean): void {
    const joins = open?.type === 'thinking' && !redacted && !open.redacted;
    const part: ThinkingPart = joins ? (open as ThinkingPart) : add({ type: 'thinking', text: '' });
    part.text += text;
    if (redacted) part.redacted = true;
  }

  function sign(signature: Signature): void {
    const part: ThinkingPart = open?.type === 'thinking' ? open : add({ type: 'thinking', text: '' });
    part.signature = signature;
    open = undefined;
  }

  function addCall({ type: _, index, choice: __, ...call }: ToolCallEvent): void {
    calls.set(index, add({ type: 'tool-call', arguments: '', ...call }));
  }

  function take(event: ChoiceEvent): void {
    switch (event.type) {
      case 'text':
        addText(event.text, event.signature);
        break;
      case 'refusal': {
        const part: RefusalPart = open?.type === 'refusal' ? open : add({ type: 'refusal', text: '' });
        part.text += event.text;
        break;
      }
      case 'thinking':
        addThinking(event.text, event.redacted ?? false);
        break;
      case 'signature':
        sign(event.signature);
        break;
      case 'tool-call':
        addCall(event);
        break;
      case 'tool-arguments': {
        const call = calls.get(event.index);
        if (call) call.arguments += event.text;
        break;
      }
      case 'citation': {
        const part = openText();
        part.citations = [...(part.citations ?? []), event.citation];
        break;
      }
      case 'hosted-call': {
        const { choice: _, ...call } = event;
        add(call);
        break;
      }
      case 'media':
        add({ type: event.media, source: { type: 'data', mediaType: event.mediaType, data: event.data } });
        break;
      case 'logprobs':
        logprobs = joinLogprobs(logprobs, event.logprobs);
        break;
      case 'part-end':
        open = undefined;
        break;
      case 'finish': {
        const { reason, stopSequence } = event;
        finish = stopSequence === undefined ? { finish: reason } : { finish: reason, stopSequence };
      }
    }
  }

  function finished(): Choice {
    if (!finish) throw new GatewayError('upstream', 'The provider ended its answer before it was finished.');
    return { parts, ...finish, ...(logprobs === undefined ? {} : { logprobs }) };
  }

  return { take, finished };
}

/** Log probabilities come in lists by name (`content`, `refusal`); pieces of a stream are put end to end. */
function joinLogprobs(before: unknown, next: unknown): unknown {
  if (!isLists(before) || !isLists(next)) return next ?? before;
  const names = [...new Set([...Object.keys(before), ...Object.keys(next)])];
  return Object.fromEntries(names.map((name) => [name, joinLists(before[name], next[name])]));
}

const isLists = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const joinLists = (a: unknown, b: unknown): unknown => (Array.isArray(a) && Array.isArray(b) ? [...a, ...b] : (b ?? a));

/** A whole reply as the stream it could have been. `collectReply` of it gives the reply again. */
export function replayReply(reply: ChatReply): ChatEvent[] {
  const { id, model, created, native } = reply;
  const start: ChatEvent = { type: 'start', id, model };
  if (created !== undefined) start.created = created;
  if (native !== undefined) start.native = native;
  const events = [start, ...reply.choices.flatMap(replayChoice)];
  return reply.usage ? [...events, { type: 'usage', usage: reply.usage }] : events;
}

function replayChoice({ parts, finish, stopSequence, logprobs }: Choice, position: number): ChatEvent[] {
  let calls = 0;
  const choice = position === 0 ? {} : { choice: position };
  const events = parts.flatMap((part): ChatEvent[] => {
    const replayed = replayPart(part, part.type === 'tool-call' ? calls++ : 0);
    return [...replayed, { type: 'part-end' } as const].map((event) => ({ ...event, ...choice }) as ChatEvent);
  });
  if (logprobs !== undefined) events.push({ type: 'logprobs', logprobs, ...choice });
  events.push({ type: 'finish', reason: finish, ...(stopSequence === undefined ? {} : { stopSequence }), ...choice });
  return events;
}

function replayPart(part: AssistantPart, index: number): ChatEvent[] {
  switch (part.type) {
    case 'text': {
      const text: ChatEvent = {
        type: 'text',
        text: part.text,
        ...(part.signature ? { signature: part.signature } : {}),
      };
      return [text, ...(part.citations ?? []).map((citation): ChatEvent => ({ type: 'citation', citation }))];
    }
    case 'refusal':
      return [{ type: 'refusal', text: part.text }];
    case 'thinking': {
      const thinking: ChatEvent = { type: 'thinking', text: part.text, ...(part.redacted ? { redacted: true } : {}) };
      return part.signature ? [thinking, { type: 'signature', signature: part.signature }] : [thinking];
    }
    case 'tool-call': {
      const { arguments: text, cache: _, ...call } = part;
      const opening: ChatEvent = { ...call, index };
      return text === '' ? [opening] : [opening, { type: 'tool-arguments', index, text }];
    }
    case 'image':
    case 'audio':
      return part.source.type === 'data'
        ? [{ type: 'media', media: part.type, mediaType: part.source.mediaType, data: part.source.data }]
        : [];
    case 'hosted-call':
      return [part];
    case 'native':
      return [];
  }
}
