import type { AssistantPart, Message, SystemMessage, TextPart, ToolMessage, UserPart } from '../chat/request.ts';
import type { Count } from './changes.ts';

/** Neighbours of one role as one message, their parts in order. */
export function mergeNeighbours(messages: readonly Message[], count: Count): Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    const both = last ? joinedOf(last, message) : undefined;
    if (both) {
      joined[joined.length - 1] = both;
      count('merged');
    } else joined.push(message);
  }
  return joined;
}

type Spoken = Exclude<Message, ToolMessage>;

function joinedOf(before: Message, after: Message): Message | undefined {
  if (before.role !== after.role || before.role === 'tool') return undefined;
  const [first, second] = before.name === (after as Spoken).name ? [before, after] : [before, after].map(namedInWords);
  return { ...first, parts: joinParts((first as Spoken).parts, (second as Spoken).parts) } as Message;
}

/** Two speakers in one turn are distinguished by their names before their texts. */
function namedInWords(message: Message): Message {
  if (message.role === 'tool' || message.name === undefined) return message;
  const { name, ...nameless } = message;
  return { ...nameless, parts: joinParts([{ type: 'text', text: `[${name}]` }], message.parts) } as Message;
}

/** Texts that meet are joined, since some models take no list of texts; a text with a cache mark or a signature stays apart. */
function joinParts(before: readonly AnyPart[], after: readonly AnyPart[]): AnyPart[] {
  const thinking = [...before, ...after].filter(({ type }) => type === 'thinking');
  const head = before.filter(({ type }) => type !== 'thinking');
  const tail = after.filter(({ type }) => type !== 'thinking');
  const [last, first] = [head.at(-1), tail[0]];
  if (!isPlainText(last) || !isPlainText(first)) return [...thinking, ...head, ...tail];
  return [...thinking, ...head.slice(0, -1), { type: 'text', text: `${last.text}\n\n${first.text}` }, ...tail.slice(1)];
}

type AnyPart = SystemMessage['parts'][number] | UserPart | AssistantPart;

const isPlainText = (part: AnyPart | undefined): part is TextPart =>
  part?.type === 'text' && !part.cache && !part.signature && !part.citations;
