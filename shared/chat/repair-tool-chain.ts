import { callsOf } from './map-parts.ts';
import type { Message, ToolCallPart, ToolResult, UserMessage } from './request.ts';

/** What a call without a result is answered with: the session ended before the tool did. */
export const NO_RESULT = '[no result: the call was interrupted]';

/**
 * The conversation with every tool call answered once, directly after the message that made it, in the order of the calls, as
 * most vendors demand. A result goes to the last call of its id before it; of several for one call the last one counts; a call
 * without a result is answered with an error; a result without a call becomes a text of the user's. Aborted sessions leave
 * such histories behind. Pure and idempotent; a conversation in order comes back equal.
 */
export function repairToolChain(messages: readonly Message[]): Message[] {
  return repairAndCount(messages).messages;
}

/** How many results were made up, made a text of the user's, put aside for a later one, or moved to their calls. */
export interface ToolChainRepairs {
  answered: number;
  worded: number;
  superseded: number;
  moved: number;
}

/** `repairToolChain`, with what it did. */
export function repairAndCount(messages: readonly Message[]): { messages: Message[]; repairs: ToolChainRepairs } {
  const { answers, orphans } = matchResults(messages);
  const repairs: ToolChainRepairs = {
    answered: 0,
    worded: orphans.size,
    superseded: -answers.size - orphans.size,
    moved: 0,
  };
  const repaired = messages.flatMap((message, position): Message[] => {
    if (message.role === 'tool') {
      repairs.superseded += message.results.length;
      const strays = message.results.filter((result) => orphans.has(result));
      return strays.length === 0 ? [] : [orphanText(strays)];
    }
    if (message.role !== 'assistant') return [message];
    const calls = callsOf(message);
    if (calls.length === 0) return [message];
    const found = calls.flatMap((call) => answers.get(call) ?? []);
    repairs.answered += calls.length - found.length;
    repairs.moved += countMoved(found, messages[position + 1]);
    return [message, { role: 'tool', results: calls.map((call) => answers.get(call) ?? missingResult(call)) }];
  });
  return { messages: repaired, repairs };
}

/** Results that stood elsewhere than in the message after their calls, or there in another order. */
function countMoved(found: readonly ToolResult[], next: Message | undefined): number {
  const wanted = new Set(found);
  const there = next?.role === 'tool' ? next.results.filter((result) => wanted.has(result)) : [];
  return found.filter((result, place) => there[place] !== result).length;
}

function matchResults(messages: readonly Message[]) {
  const answers = new Map<ToolCallPart, ToolResult>();
  const orphans = new Set<ToolResult>();
  /** Calls of the last message that used an id, which two calls of one message may share, and how many have a result. */
  const latest = new Map<string, { calls: ToolCallPart[]; answered: number }>();
  for (const message of messages) {
    if (message.role === 'assistant') {
      const calls = callsOf(message);
      for (const { id } of calls) latest.set(id, { calls: [], answered: 0 });
      for (const call of calls) latest.get(call.id)!.calls.push(call);
    } else if (message.role === 'tool') {
      for (const result of message.results) {
        const open = latest.get(result.callId);
        if (!open) {
          orphans.add(result);
          continue;
        }
        answers.set(open.calls[open.answered] ?? open.calls.at(-1)!, result);
        open.answered += 1;
      }
    }
  }
  return { answers, orphans };
}

function missingResult({ id, name, legacy }: ToolCallPart): ToolResult {
  const result: ToolResult = { callId: id, name, parts: [{ type: 'text', text: NO_RESULT }], isError: true };
  return legacy ? { ...result, legacy } : result;
}

function orphanText(results: readonly ToolResult[]): UserMessage {
  const parts = results.flatMap(({ callId, parts }) => [
    { type: 'text' as const, text: `[tool result ${callId}]` },
    ...parts,
  ]);
  return { role: 'user', parts };
}
