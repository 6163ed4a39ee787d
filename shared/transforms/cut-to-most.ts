import type { AssistantMessage, Message, ToolMessage } from '../chat/request.ts';
import { splitSystem } from '../chat/turns.ts';

/**
 * The end of a conversation whose sides take turns, in at most this many messages (at least 4), each result of a tool counted
 * as one. The instructions stay; the end begins with a user's turn. Where even the last of the user's turns has too much
 * behind it, as in the long run of an agent, that turn stays and the oldest calls after it go, with their results.
 */
export function cutToMost(messages: readonly Message[], most: number): Message[] {
  const { system, rest } = splitSystem(messages);
  const room = most - system.length;
  const behind = lengthsToTheEnd(rest);
  const first = (role: Message['role'], within: number): number =>
    rest.findIndex((message, place) => message.role === role && behind[place]! <= within);
  const turn = first('user', room);
  if (turn !== -1) return [...system, ...rest.slice(turn)];
  const asked = rest.findLastIndex(({ role }) => role === 'user');
  const question = rest.slice(asked, asked + 1);
  const left = room - question.length;
  const group = first('assistant', left);
  if (group !== -1) return [...system, ...question, ...rest.slice(group)];
  return [...system, ...question, ...lastCalls(rest, left - 1)];
}

/** Messages from each place to the end. */
function lengthsToTheEnd(messages: readonly Message[]): number[] {
  let length = 0;
  return messages
    .map((_, place) => {
      const message = messages[messages.length - 1 - place]!;
      length += message.role === 'tool' ? message.results.length : 1;
      return length;
    })
    .reverse();
}

/** The message of calls at the end with its last so many calls and their results. */
function lastCalls(rest: readonly Message[], most: number): Message[] {
  const [calling, results] = rest.slice(-2) as [AssistantMessage, ToolMessage];
  let surplus = results.results.length - most;
  const parts = calling.parts.filter((part) => part.type !== 'tool-call' || surplus-- <= 0);
  return [
    { ...calling, parts },
    { ...results, results: results.results.slice(-most) },
  ];
}
