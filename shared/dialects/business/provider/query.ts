import type { Message } from '../../../chat/request.ts';
import { typeOfPart, unsupported } from '../../kit/refusals.ts';

export interface Turn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** The texts of a conversation in order. Refuses, naming it, all that is no text. */
export function turnsOf(messages: readonly Message[]): Turn[] {
  const turns = messages
    .map((message, position) => ({ role: roleOf(message, position), content: textOf(message, position) }))
    .filter(({ content }) => content !== '');
  if (turns.some(({ role }) => role === 'user')) return turns;
  throw unsupported("Invalid 'messages': the model's provider needs a message of the user with some text.", 'messages');
}

function roleOf(message: Message, position: number): Turn['role'] {
  if (message.role !== 'tool') return message.role;
  throw unsupported("The model's provider takes no tools and no results of tools.", `messages[${position}]`);
}

/** Thinking is left out: it is no part of the conversation. */
function textOf(message: Message, position: number): string {
  if (message.role === 'tool') return '';
  const texts = message.parts.flatMap((part, index) => {
    if (part.type === 'text' || part.type === 'refusal') return [part.text];
    if (part.type === 'thinking') return [];
    if (part.type === 'tool-call') {
      throw unsupported("The model's provider takes no tools and no calls of tools.", `messages[${position}]`);
    }
    throw unsupported(
      `The model's provider takes text only, no content of type '${typeOfPart(part)}'.`,
      `messages[${position}].content[${index}]`,
    );
  });
  return texts.filter((text) => text.trim() !== '').join('\n');
}

/**
 * A conversation as one text. A single message of the user is the query itself; otherwise every turn follows a line with its
 * role in brackets, turns are parted by an empty line, and the last is what is asked:
 *
 *     [system]
 *     Answer briefly.
 *
 *     [user]
 *     Where is the invoice?
 */
export function writeQuery(turns: readonly Turn[]): string {
  const [only] = turns;
  if (turns.length === 1 && only) return only.content;
  return turns.map(({ role, content }) => `[${role}]\n${quoted(content)}`).join('\n\n');
}

/** A line that looks like the head of a turn is indented: the text of one turn must not pass for another turn. */
const quoted = (text: string): string => text.replace(/^(?=\[(?:system|user|assistant)\][ \t]*\r?$)/gim, ' ');

export const lastAsked = (turns: readonly Turn[]): string => turns.findLast(({ role }) => role === 'user')!.content;
