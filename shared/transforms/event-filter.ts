import type { ChatEvent } from '../chat/events.ts';
import { type ChatReply, collectReply, replayReply } from '../chat/reply.ts';

/** Step machine over a stream of events: mends what a provider writes differently from its dialect. */
export interface EventFilter {
  take(event: ChatEvent): ChatEvent[];
  /** What was held back, at the end. */
  end(): ChatEvent[];
}

/** A whole reply through a filter: a stream and a whole reply are mended by the same lines, so that they agree. */
export function filterReply(reply: ChatReply, filter: EventFilter): ChatReply {
  const events = replayReply(reply).flatMap((event) => filter.take(event));
  return collectReply([...events, ...filter.end()]);
}

/** One filter after another. */
export function inTurn(filters: readonly EventFilter[]): EventFilter {
  const through = (events: ChatEvent[], from: number): ChatEvent[] =>
    filters.slice(from).reduce((passed, filter) => passed.flatMap((event) => filter.take(event)), events);
  return {
    take: (event) => through([event], 0),
    end: () => filters.flatMap((filter, position) => through(filter.end(), position + 1)),
  };
}

/** How much of a text's end may be the beginning of one of these words: what must wait for the next piece. */
export function openEnd(text: string, words: readonly string[]): number {
  const longest = Math.max(0, ...words.map(({ length }) => length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length -= 1) {
    const tail = text.slice(-length);
    if (words.some((word) => word.startsWith(tail))) return length;
  }
  return 0;
}
