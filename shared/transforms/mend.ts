import type { Target } from '../catalog/catalog.ts';
import type { ChatRequest } from '../chat/request.ts';
import type { JsonObject } from '../http/json.ts';
import { cutStop } from './cut-stop.ts';
import { type EventFilter, inTurn } from './event-filter.ts';
import { thinkTags } from './think-tags.ts';

/** Whether a target's answers must be mended, so that its bytes cannot just pass. */
export function mustMend({ traits }: Target, { stop, stop_sequences: sequences }: JsonObject): boolean {
  return traits.thinkTags !== undefined || (traits.stopIncluded === true && (stop ?? sequences) != null);
}

/** What mends a target's answers: thoughts out of the text, stop texts off its end. Nothing for most. */
export function mendingOf({ traits }: Target, { stop = [] }: ChatRequest): EventFilter | undefined {
  const filters: EventFilter[] = [];
  if (traits.thinkTags) filters.push(thinkTags(traits.thinkTags));
  if (traits.stopIncluded && stop.length > 0) filters.push(cutStop(stop));
  return filters.length === 0 ? undefined : inTurn(filters);
}
