import { pushAll } from './push-all.ts';
import type {
  AssistantPart,
  CacheMark,
  Message,
  ResultPart,
  SystemMessage,
  TextPart,
  ToolResult,
  UserPart,
} from './request.ts';

/**
 * A conversation as alternating user and assistant turns (Anthropic, Bedrock, Gemini). Tool results belong to the user's turn,
 * and come first in it. Usual order of use: `splitSystem`, `repairToolChain`, `systemAsReminders`,
 * `withoutEmptyParts`, `turnsOf`.
 */
export type Turn = UserTurn | AssistantTurn;

export interface UserTurn {
  role: 'user';
  results: ToolResult[];
  parts: UserPart[];
}

export interface AssistantTurn {
  role: 'assistant';
  parts: AssistantPart[];
}

export type SpokenMessage = Exclude<Message, SystemMessage>;

/** The instructions a conversation begins with, and what comes after them (which may hold more instructions). */
export function splitSystem(messages: readonly Message[]): { system: SystemMessage[]; rest: Message[] } {
  const first = messages.findIndex(({ role }) => role !== 'system');
  const end = first === -1 ? messages.length : first;
  return { system: messages.slice(0, end) as SystemMessage[], rest: messages.slice(end) };
}

/**
 * Instructions inside the conversation as a user text in the same place. At the top they would mean something else, and each new
 * one would void the provider's prompt cache.
 */
export function systemAsReminders(messages: readonly Message[]): SpokenMessage[] {
  return messages.flatMap((message): SpokenMessage[] => {
    if (message.role !== 'system') return [message];
    const parts = message.parts.filter(({ text }) => !isBlank(text)).map(reminder);
    return parts.length === 0 ? [] : [{ role: 'user', parts }];
  });
}

export function reminder({ text, cache }: TextPart): TextPart {
  const part: TextPart = { type: 'text', text: `<system-reminder>\n${text}\n</system-reminder>` };
  return cache ? { ...part, cache } : part;
}

/** What an empty tool result says where a vendor wants it to say something. */
export const EMPTY_RESULT = '(empty result)';

/**
 * Removes blank texts, and thinking without text or signature, which these vendors refuse, then messages without parts. Results
 * stay: the dialect fills one without content (`EMPTY_RESULT`) or leaves it empty.
 */
export function withoutEmptyParts<Kind extends Message>(messages: readonly Kind[]): Kind[] {
  return messages.flatMap((message): Kind[] => {
    if (message.role === 'tool') {
      const results = message.results.map(filledResult);
      return results.length === 0 ? [] : [{ ...message, results }];
    }
    const { parts: given }: { parts: readonly (AssistantPart | UserPart | TextPart)[] } = message;
    if (given.length > 0 && given.every(saysSomething)) return [message];
    const parts = keepFilled(given);
    return parts.length === 0 ? [] : [{ ...message, parts } as Kind];
  });
}

function filledResult(result: ToolResult): ToolResult {
  const filled: ToolResult = { ...result };
  filled.parts = keepFilled(result.parts, filled);
  return filled;
}

/** The cache mark of a removed part moves to the part before it, or to its result if that has none. */
function keepFilled<Part extends AssistantPart | UserPart | ResultPart>(
  parts: readonly Part[],
  owner?: { cache?: CacheMark },
): Part[] {
  const kept: Part[] = [];
  for (const part of parts) {
    if (saysSomething(part)) {
      kept.push(part);
      continue;
    }
    const mark = 'cache' in part ? part.cache : undefined;
    const last = kept.at(-1);
    if (mark && last && isMarkable(last)) kept[kept.length - 1] = { ...last, cache: mark };
    else if (mark && owner) owner.cache ??= mark;
  }
  return kept;
}

const isMarkable = (part: AssistantPart | UserPart | ResultPart): boolean =>
  part.type === 'text' || part.type === 'image' || part.type === 'file' || part.type === 'tool-call';

function saysSomething(part: AssistantPart | UserPart | ResultPart): boolean {
  if (part.type === 'text') return part.signature !== undefined || !isBlank(part.text);
  if (part.type === 'refusal') return !isBlank(part.text);
  if (part.type === 'thinking') return part.signature !== undefined || !isBlank(part.text);
  return true;
}

export const isBlank = (text: string): boolean => text.trim() === '';

/** Neighbouring messages of one side become one turn, their parts in order; in a user's turn the results come first. */
export function turnsOf(messages: readonly SpokenMessage[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (message.role === 'assistant') {
      if (last?.role === 'assistant') pushAll(last.parts, message.parts);
      else turns.push({ role: 'assistant', parts: [...message.parts] });
    } else {
      const turn: UserTurn = last?.role === 'user' ? last : { role: 'user', results: [], parts: [] };
      if (turn !== last) turns.push(turn);
      if (message.role === 'tool') pushAll(turn.results, message.results);
      else pushAll(turn.parts, message.parts);
    }
  }
  return turns;
}
