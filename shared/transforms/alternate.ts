import { defined } from '../chat/defined.ts';
import { repairAndCount } from '../chat/repair-tool-chain.ts';
import type { AssistantMessage, Message, ToolMessage, ToolResult, UserMessage } from '../chat/request.ts';
import { isBlank, type SpokenMessage, splitSystem, systemAsReminders, withoutEmptyParts } from '../chat/turns.ts';
import { type AlternationRules, chineseFillers, type Fillers } from './alternation-rules.ts';
import { type Changes, type Count, countChanges } from './changes.ts';
import { cutToMost } from './cut-to-most.ts';
import { mergeNeighbours } from './merge-neighbours.ts';
import { inPlainForm, withJoinedResults, withPicturesBehind } from './plain-form.ts';
import type { Transform } from './transform.ts';

/** Changes conversations for models whose roles must alternate; a conversation that already does passes unchanged. */
export const strictTurns: Transform = {
  name: 'alternate',
  wanted: (_, { traits }) => traits.alternation === 'strict',
  request({ request }, { traits }) {
    const asked = request();
    const { messages, changes } = alternate(asked.messages, traits);
    return Object.keys(changes).length === 0 ? undefined : { request: { ...asked, messages }, changes };
  },
};

/**
 * The conversation for models whose roles must alternate, such as Hunyuan: instructions once and first; user or tool messages
 * alternate with the assistant's, the first is a user's, the last a user's or a tool's; every message has text. A call and its
 * results stay together, and a tool's text never becomes assistant text. Pure and idempotent; `changes` is empty where the
 * conversation is in order already.
 */
export function alternate(
  messages: readonly Message[],
  { fillers, mostMessages, thinkingHistory = 'keep' }: AlternationRules = {},
): { messages: Message[]; changes: Changes } {
  const { changes, count } = countChanges();
  const words: Fillers = { ...chineseFillers, ...defined(fillers ?? {}) };
  const plain = withJoinedResults(messages).map((message) => inPlainForm(message, thinkingHistory, count));
  const { system, rest } = splitSystem(plain);
  count('reminded', rest.filter(({ role }) => role === 'system').length);
  const { messages: linked, repairs } = repairAndCount(systemAsReminders(rest));
  for (const change of ['answered', 'worded', 'superseded', 'moved'] as const) count(change, repairs[change]);
  const shown = linked.flatMap((message) => withPicturesBehind(message, count));
  const said = withoutBlanks([...system, ...shown], count);
  const filled = inTurns(mergeNeighbours(said, count), words, count).map((message) => withWords(message, words, count));
  const kept = mostMessages === undefined ? filled : cutToMost(filled, mostMessages);
  count('cut', wireLength(filled) - wireLength(kept));
  return { messages: kept, changes };
}

const wireLength = (messages: readonly Message[]): number =>
  messages.reduce((sum, message) => sum + (message.role === 'tool' ? message.results.length : 1), 0);

/** Removes empty parts, and messages with thinking only. A message whose only text is empty is filled and counted by `withWords`. */
function withoutBlanks(messages: readonly Message[], count: Count): Message[] {
  return messages.flatMap((message): Message[] => {
    const [kept] = withoutEmptyParts([message]);
    if (message.role === 'tool') return kept ? [kept] : [];
    const lost = kept && kept.role !== 'tool' ? message.parts.length - kept.parts.length : 0;
    if (kept && kept.role !== 'tool' && kept.parts.some(({ type }) => type !== 'thinking')) {
      if (hasWords(kept.parts)) count('dropped', lost);
      return [kept];
    }
    count('dropped');
    return [];
  });
}

const hasWords = (parts: readonly { type: string; text?: string }[]): boolean =>
  parts.some(({ type, text = '' }) => type === 'text' && !isBlank(text));

function inTurns(messages: readonly Message[], words: Fillers, count: Count): Message[] {
  const { system, rest } = splitSystem(messages);
  const turns: Message[] = [...system];
  const insert = (message: UserMessage | AssistantMessage): void => {
    turns.push(message);
    count('inserted');
  };
  const user = (text: string): UserMessage => ({ role: 'user', parts: [{ type: 'text', text }] });
  if (rest[0]?.role === 'assistant') insert(user(words.first));
  for (const message of rest as SpokenMessage[]) {
    if (message.role === 'user' && turns.at(-1)?.role === 'tool') {
      insert({ role: 'assistant', parts: [{ type: 'text', text: words.between }] });
    }
    turns.push(message);
  }
  const last = rest.at(-1);
  if (last === undefined || last.role === 'assistant') insert(user(words.goOn));
  return turns;
}

type Spoken = Exclude<Message, ToolMessage>;

function withWords(message: Message, words: Fillers, count: Count): Message {
  if (message.role === 'tool') {
    return { ...message, results: message.results.map((result) => filledResult(result, words, count)) };
  }
  if (hasWords(message.parts)) return message;
  count('filled');
  return { ...message, parts: [{ type: 'text', text: fillerOf(message, words) }, ...message.parts] } as Message;
}

function filledResult(result: ToolResult, words: Fillers, count: Count): ToolResult {
  if (hasWords(result.parts)) return result;
  count('filled');
  return { ...result, parts: [{ type: 'text', text: words.result }, ...result.parts] };
}

function fillerOf(message: Spoken, { goOn, between, calls }: Fillers): string {
  if (message.role !== 'assistant') return goOn;
  const names = message.parts.flatMap((part) => (part.type === 'tool-call' ? [part.name] : []));
  return names.length === 0 ? between : calls + names.join(', ');
}
