import { pushAll } from '../../../chat/push-all.ts';
import { repairToolChain } from '../../../chat/repair-tool-chain.ts';
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  SystemMessage,
  TextPart,
  ThinkingPart,
} from '../../../chat/request.ts';
import { type SpokenMessage, systemAsReminders, type Turn, turnsOf, withoutEmptyParts } from '../../../chat/turns.ts';
import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import { FIRST_TURN, GO_ON, userTurn } from '../../kit/prompts.ts';
import { textOf } from '../../kit/read-values.ts';
import { unsupportedContent } from '../../kit/refusals.ts';
import { plainNames, withLegalToolIds } from '../../kit/tool-names.ts';
import type { Traits } from '../../traits.ts';
import { ANTHROPIC } from '../names.ts';
import type { ModelTraits } from './models.ts';
import { type Block, writeAssistantPart, writeResult, writeUserPart } from './write-parts.ts';

export type Entry = Turn | { role: 'system'; parts: TextPart[] };

/** The conversation after its first instructions, as the vendor demands it; each step is a repair that leaves order alone. */
export function planTurns(rest: readonly Message[], modelTraits: ModelTraits, traits: Traits): Entry[] {
  refuseForeign(rest);
  const linked = withLegalToolIds(repairToolChain(rest), plainNames(64));
  const own = linked.map((message) => (message.role === 'assistant' ? ownWords(message, traits) : message));
  const filled = withoutEmptyParts(own);
  const entries = modelTraits.systemTurns === 'keep' ? keepSystem(filled) : turnsOf(systemAsReminders(filled));
  if (entries[0]?.role !== 'user') entries.unshift(userTurn(FIRST_TURN));
  return entries;
}

/** Before anything is moved, so that the place named is the caller's. */
function refuseForeign(messages: readonly Message[]): void {
  for (const [position, message] of messages.entries()) {
    if (message.role === 'tool' || message.role === 'system') continue;
    for (const [index, part] of message.parts.entries()) {
      if (part.type !== 'native' || part.native.dialect === ANTHROPIC) continue;
      throw unsupportedContent(textOf(part.native.fields.type), `messages[${position}].content[${index}]`);
    }
  }
}

/** An assistant's parts as this vendor takes them: thinking with its own signature, no other vendor's signatures, no images. */
function ownWords(message: AssistantMessage, { thinkingHistory }: Traits): AssistantMessage {
  if (message.parts.every(isPlain)) return message;
  const parts = message.parts.flatMap((part): AssistantPart[] => {
    if (part.type === 'image' || part.type === 'audio') return [];
    if (part.type === 'thinking') return ownThinking(part, thinkingHistory);
    if ((part.type !== 'text' && part.type !== 'tool-call') || !part.signature) return [part];
    const { signature: _, ...bare } = part;
    return [bare];
  });
  return { ...message, parts };
}

const isPlain = (part: AssistantPart): boolean =>
  (part.type === 'text' || part.type === 'tool-call') && !part.signature;

/** Without the vendor's signature thinking is refused here, but for providers whose traits say that they want it all. */
function ownThinking(part: ThinkingPart, inHistory: Traits['thinkingHistory']): ThinkingPart[] {
  if (inHistory === 'strip') return [];
  if (part.signature?.issuer === ANTHROPIC) return [part];
  return inHistory === 'keep' && !part.redacted ? [{ type: 'thinking', text: part.text }] : [];
}

/** Instructions stay a turn where the vendor takes one: after the user's, before the assistant's or at the end. */
function keepSystem(messages: readonly Message[]): Entry[] {
  const entries: Entry[] = [];
  let spoken: SpokenMessage[] = [];
  const flush = (): void => {
    pushAll(entries, turnsOf(spoken));
    spoken = [];
  };
  const following = rolesAfter(messages);
  for (const [position, message] of messages.entries()) {
    if (message.role !== 'system') spoken.push(message);
    else if (mayStand(following[position], entries, spoken)) {
      flush();
      const last = entries.at(-1);
      if (last?.role === 'system') pushAll(last.parts, message.parts);
      else entries.push({ role: 'system', parts: [...message.parts] });
    } else pushAll(spoken, systemAsReminders([message]));
  }
  flush();
  return entries;
}

/** For each message the role of the next one that is no instruction. */
function rolesAfter(messages: readonly Message[]): (Message['role'] | undefined)[] {
  let next: Message['role'] | undefined;
  const roles = messages.toReversed().map(({ role }) => {
    const after = next;
    if (role !== 'system') next = role;
    return after;
  });
  return roles.reverse();
}

function mayStand(
  after: Message['role'] | undefined,
  entries: readonly Entry[],
  spoken: readonly SpokenMessage[],
): boolean {
  const before = spoken.at(-1)?.role ?? entries.at(-1)?.role;
  return before !== undefined && before !== 'assistant' && (after === undefined || after === 'assistant');
}

/**
 * Ends the conversation as this model takes it. One that may go on from its own text gets it without the white space at
 * their end, which the vendor refuses; another is asked to continue.
 */
export function withEnd(entries: Entry[], goesOn: boolean): Entry[] {
  const last = entries.at(-1);
  if (last?.role !== 'assistant') return entries;
  if (!goesOn) return [...entries, userTurn(GO_ON)];
  const final = last.parts.at(-1);
  if (final?.type !== 'text') return entries;
  return [
    ...entries.slice(0, -1),
    { ...last, parts: [...last.parts.slice(0, -1), { ...final, text: final.text.trimEnd() }] },
  ];
}

/**
 * Whether the model is inside a loop of tool calls that it began without thinking. With a budget to think, it would be refused
 * because the thinking that belongs to its calls is missing, so it cannot think until the loop is over.
 */
export function lacksThinking(entries: readonly Entry[]): boolean {
  const last = entries.findLast(({ role }) => role !== 'system');
  if (last?.role !== 'user' || last.results.length === 0) return false;
  const calling = entries.findLast((entry) => entry.role === 'assistant');
  return calling?.role === 'assistant' && calling.parts[0]?.type !== 'thinking';
}

export function writeSystem(system: readonly SystemMessage[]): JsonObject[] {
  return withoutEmptyParts(system).flatMap(({ parts }) => parts.map(writeUserPart));
}

export interface WrittenMessage {
  role: string;
  blocks: Block[];
}

export function writeEntry(entry: Entry): WrittenMessage {
  if (entry.role === 'assistant') return { role: 'assistant', blocks: entry.parts.flatMap(writeAssistantPart) };
  const results = entry.role === 'user' ? entry.results.map(writeResult) : [];
  const parts = entry.parts.map(writeUserPart);
  return { role: entry.role, blocks: [...results, ...parts].map((fields) => ({ fields })) };
}

/** Whether any part of an entry, or of the results in it, is to be remembered. */
export function isMarked(entry: Entry): boolean {
  const isMark = (part: object): boolean =>
    ('cache' in part && part.cache !== undefined) || ('native' in part && isMarkedNative(part.native));
  if (entry.role !== 'user') return entry.parts.some(isMark);
  return entry.parts.some(isMark) || entry.results.some((result) => isMark(result) || result.parts.some(isMark));
}

const isMarkedNative = (native: unknown): boolean =>
  isJsonObject(native) && isJsonObject(native.fields) && native.fields.cache_control != null;

/** Most places of one request that the provider may be asked to remember. */
const MOST_MARKS = 4;

/** Takes away marks beyond the most: the first, which the most is built on, and the last ones stay. */
export function limitMarks(blocks: Iterable<JsonObject>): void {
  const marked = [...markedIn(blocks)];
  for (const block of marked.slice(1, 1 + Math.max(0, marked.length - MOST_MARKS))) delete block.cache_control;
}

/** Takes away all marks, for a provider that refuses them. */
export function removeMarks(blocks: Iterable<JsonObject>): void {
  for (const block of markedIn(blocks)) delete block.cache_control;
}

/** Results hold marks too. */
function* markedIn(blocks: Iterable<JsonObject>): Generator<JsonObject> {
  for (const block of blocks) {
    if (block.type === 'tool_result' && Array.isArray(block.content)) yield* markedIn(block.content);
    if (block.cache_control != null) yield block;
  }
}
