import type { ChatRequest } from '../chat/request.ts';
import { strictTurns } from './alternate.ts';
import { toolInWords } from './ask-for-tool.ts';
import type { Changes } from './changes.ts';
import { stopCut } from './cut-stop.ts';
import { type EventFilter, inTurn } from './event-filter.ts';
import { foldedSeed } from './fold-seed.ts';
import { imagesInWords } from './put-into-words.ts';
import { thinkingInTags } from './think-tags.ts';
import type { Transform, TransformCall, TransformTarget } from './transform.ts';

/** All transforms there are, in the order they are applied. */
export const transforms: readonly Transform[] = [
  imagesInWords,
  toolInWords,
  foldedSeed,
  strictTurns,
  thinkingInTags,
  stopCut,
];

export interface Transformed {
  request: ChatRequest;
  changes: Changes;
  weakened: string[];
  /** For the answer; absent where it stays as it is. */
  filter?: EventFilter;
}

/** The request after all transforms that this call wants for this target; nothing where none is wanted. */
export function transformed(call: TransformCall, target: TransformTarget): Transformed | undefined {
  let { request } = call;
  let isWanted = false;
  const changes: Changes = {};
  const weakened: string[] = [];
  const filters: EventFilter[] = [];
  for (const transform of transforms) {
    const seen = { ...call, request };
    if (!transform.wanted(seen, target)) continue;
    const changed = transform.request?.(seen, target);
    if (!changed && !transform.answer) continue;
    isWanted = true;
    if (changed) {
      request = () => changed.request;
      Object.assign(changes, changed.changes);
      weakened.push(...(changed.weakened ?? []));
    }
    if (transform.answer) filters.push(transform.answer(seen, target));
  }
  if (!isWanted) return undefined;
  const filter = filters.length === 0 ? {} : { filter: inTurn(filters) };
  return { request: request(), changes, weakened, ...filter };
}
