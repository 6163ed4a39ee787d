import type { ShortRoad } from '../../dialect.ts';
import { fieldEdits, TOOL_FIELDS } from '../../kit/field-edits.ts';
import { IDEMPOTENCY_HEADER } from '../../kit/openai/models.ts';
import type { ResponsesGlance } from '../glance.ts';

/** OpenAI's bytes to a provider that speaks Responses: only top-level fields are touched, and only where they must be. */
export const shortRoad: ShortRoad<ResponsesGlance> = {
  forwards: [IDEMPOTENCY_HEADER],
  countPath: () => '/responses/input_tokens',

  mayPass(glance, traits) {
    if (glance.hasDeveloper && traits.developerAsSystem) return false;
    // Another vendor's signatures and our own field for them are a 400 at OpenAI.
    if (glance.hasForeignSignatures) return false;
    if (glance.compacts && !traits.compacts) return false;
    if ((glance.onlyPasses || glance.hasReferences) && !traits.keepsResponses) return false;
    // What must be passed on as it is asked is left to the provider to judge.
    const isBound = glance.onlyPasses !== undefined || glance.hasReferences;
    if (glance.hasOpenaiForms && traits.openaiForms === 'plain' && !isBound) return false;
    return !(glance.hasThinking && traits.thinkingHistory === 'strip');
  },

  edit(body, glance, { model, traits }) {
    const { rename, remove, dropped } = fieldEdits(
      body.members.map(({ key }) => key),
      traits,
    );
    const set: Record<string, string> = model === glance.model ? {} : { model: JSON.stringify(model) };
    // A choice among no tools is a 400; a request with one means no tools.
    if (!glance.hasTools) for (const name of TOOL_FIELDS) remove.add(name);
    // The endpoint for summaries takes no bound, which a key's rules set.
    if (glance.compacts) remove.add('max_output_tokens');
    const path = glance.compacts ? { path: '/responses/compact' } : {};
    return { edits: { set, rename, remove }, headers: {}, dropped, hidesUsage: false, ...path };
  },

  keeps: ({ keeps }, { keepsResponses = false }) => keeps && keepsResponses,

  // Counts come with the last event, which says more than them.
  isOnlyUsage: () => false,
};
