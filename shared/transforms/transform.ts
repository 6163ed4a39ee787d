import type { ChatRequest } from '../chat/request.ts';
import type { AlternationRules } from './alternation-rules.ts';
import type { Changes } from './changes.ts';
import type { EventFilter } from './event-filter.ts';
import type { WordsForImages } from './words.ts';

/**
 * A change to a conversation or to its answer on the way. A target for which any is wanted is asked by the long road; where none
 * is wanted, and both sides speak the same dialect, the bytes pass.
 */
export interface Transform {
  name: string;
  wanted(call: TransformCall, target: TransformTarget): boolean;
  /** The request as this target takes it; nothing where it is so already. Throws `invalid_request` for what cannot be changed so. */
  request?(call: TransformCall, target: TransformTarget): Changed | undefined;
  /** A filter for the answer's events. */
  answer?(call: TransformCall, target: TransformTarget): EventFilter;
}

/** What a transform sees of a call. */
export interface TransformCall {
  /** The request as the transforms before have left it; parsed when first asked for. */
  request: () => ChatRequest;
  words?: WordsForImages;
}

/** What a transform sees of a target: those of its traits that transforms act on. */
export interface TransformTarget {
  traits: TransformTraits;
}

export interface TransformTraits extends AlternationRules {
  alternation?: 'free' | 'strict' | undefined;
  toolChoice?: 'any' | 'auto' | undefined;
  mostSeed?: number | undefined;
  thinkingTags?: 'written' | 'implied' | undefined;
  stopIncluded?: boolean | undefined;
}

export interface Changed {
  request: ChatRequest;
  /** What was changed, to be counted in `x-sluice-normalized`. */
  changes?: Changes;
  /** Fields of the caller that are only obeyed in part; the owner may want them refused (`strictParams`). */
  weakened?: readonly string[];
}
