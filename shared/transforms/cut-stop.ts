import type { ChatEvent } from '../chat/events.ts';
import { type EventFilter, openEnd } from './event-filter.ts';
import type { Transform } from './transform.ts';

/** Stop texts that a provider leaves at the end of its answer, cut off. */
export const stopCut: Transform = {
  name: 'cut-stop',
  wanted: ({ request }, { traits }) => traits.stopIncluded === true && (request().stop ?? []).length > 0,
  answer: ({ request }) => cutStop(request().stop ?? []),
};

/**
 * Cuts off the stop text that some providers leave in the answer, and all that follows it; a match may be spread over pieces.
 * What may still become one is held back.
 */
export function cutStop(stops: readonly string[]): EventFilter {
  const held = new Map<number, string>();
  const cut = new Set<number>();

  function takeText(text: string, choice: number): ChatEvent[] {
    if (cut.has(choice)) return [];
    const all = (held.get(choice) ?? '') + text;
    const found = stops.map((stop) => all.indexOf(stop)).filter((at) => at !== -1);
    if (found.length > 0) {
      cut.add(choice);
      held.delete(choice);
      return textEvents(all.slice(0, Math.min(...found)), choice);
    }
    const keep = openEnd(all, stops);
    held.set(choice, keep === 0 ? '' : all.slice(-keep));
    return textEvents(all.slice(0, all.length - keep), choice);
  }

  function flush(choice: number): ChatEvent[] {
    const rest = held.get(choice) ?? '';
    held.delete(choice);
    return textEvents(rest, choice);
  }

  return {
    take(event) {
      if (event.type === 'text') return takeText(event.text, event.choice ?? 0);
      if (event.type === 'error') return [...[...held.keys()].flatMap(flush), event];
      if (event.type !== 'finish' && event.type !== 'tool-call') return [event];
      return [...flush(event.choice ?? 0), event];
    },
    end: () => [...held.keys()].flatMap(flush),
  };
}

const textEvents = (text: string, choice: number): ChatEvent[] => {
  if (text === '') return [];
  return [choice === 0 ? { type: 'text', text } : { type: 'text', text, choice }];
};
