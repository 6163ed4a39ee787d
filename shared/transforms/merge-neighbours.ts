import { pushAll } from '../chat/push-all.ts';
import type { AssistantPart, Message, SystemMessage, TextPart, ToolMessage, UserPart } from '../chat/request.ts';
import type { Count } from './changes.ts';

/** Neighbours of one role as one message, their parts in order. */
export function mergeNeighbours(messages: readonly Message[], count: Count): Message[] {
  const runs: Run[] = [];
  for (const message of messages) {
    const last = runs.at(-1);
    if (last && message.role !== 'tool' && last.first.role === message.role) {
      join(last, message);
      count('merged');
    } else runs.push({ first: message });
  }
  return runs.map(messageOf);
}

type Spoken = Exclude<Message, ToolMessage>;
type AnyPart = SystemMessage['parts'][number] | UserPart | AssistantPart;

/** Messages that become one. Its parts are appended to in place: copying them for each message would take quadratic time. */
interface Run {
  first: Message;
  /** Absent as long as the run is one message. */
  joined?: { thinking: AnyPart[]; others: AnyPart[] };
}

const messageOf = ({ first, joined }: Run): Message =>
  joined ? ({ ...first, parts: [...joined.thinking, ...joined.others] } as Message) : first;

function join(run: Run, { name, parts }: Spoken): void {
  const { parts: firstParts, name: firstName, ...nameless } = run.first as Spoken;
  if (!run.joined) {
    run.joined = { thinking: [], others: [] };
    append(run.joined, firstParts);
  }
  if (firstName !== name) {
    // Two speakers in one turn are distinguished by their names before their texts.
    if (firstName !== undefined) {
      const others: AnyPart[] = [nameInWords(firstName)];
      append({ thinking: [], others }, run.joined.others);
      run.joined.others = others;
    }
    run.first = { ...nameless, parts: [] } as Message;
    if (name !== undefined) append(run.joined, [nameInWords(name)]);
  }
  append(run.joined, parts);
}

const nameInWords = (name: string): TextPart => ({ type: 'text', text: `[${name}]` });

/** Texts that meet are joined, since some models take no list of texts; a text with a cache mark or a signature stays apart. */
function append({ thinking, others }: NonNullable<Run['joined']>, parts: readonly AnyPart[]): void {
  pushAll(
    thinking,
    parts.filter(({ type }) => type === 'thinking'),
  );
  const [first, ...rest] = parts.filter(({ type }) => type !== 'thinking');
  if (!first) return;
  const last = others.at(-1);
  if (isPlainText(last) && isPlainText(first)) {
    others[others.length - 1] = { type: 'text', text: `${last.text}\n\n${first.text}` };
  } else others.push(first);
  pushAll(others, rest);
}

const isPlainText = (part: AnyPart | undefined): part is TextPart =>
  part?.type === 'text' && !part.cache && !part.signature && !part.citations;
