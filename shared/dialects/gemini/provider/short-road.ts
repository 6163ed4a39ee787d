import type { ShortRoad } from '../../dialect.ts';
import type { GeminiGlance } from '../glance.ts';
import { pathOf } from '../model-path.ts';
import { knownTraits } from './models.ts';

/**
 * Gemini's bytes to a provider that speaks Gemini. Nearly all that a trait could change stands inside the body's members, so a request
 * that one concerns is translated.
 */
export const shortRoad: ShortRoad<GeminiGlance> = {
  // Its other headers name the caller's own projects and quotas at Google.
  forwards: [],
  countPath: (model) => `${pathOf(model)}:countTokens`,

  mayPass({ isList, maxTokens = 0, ...glance }, traits, model = '') {
    // The provider is asked for events.
    if (isList || glance.hasForeignSignatures) return false;
    if (glance.hasUnsignedCalls && knownTraits(model, traits).callsAreSigned) return false;
    if (glance.hasThinking && traits.thinkingHistory === 'strip') return false;
    if (maxTokens > (traits.maxOutputTokens ?? maxTokens)) return false;
    const { drops = [], sampling, thinkingControl, answerSchema, prefill, toolChoice } = traits;
    return drops.length === 0 && ![sampling, thinkingControl, answerSchema, prefill, toolChoice].some(isSet);
  },

  // The model stands in the address; one in the body would be another's.
  edit: () => ({ edits: { remove: new Set(['model']) }, headers: {}, dropped: [], hidesUsage: false }),

  // Counts come with the reason to stop, and callers of this dialect always want them.
  isOnlyUsage: () => false,
};

const isSet = (trait: unknown): boolean => trait !== undefined;
