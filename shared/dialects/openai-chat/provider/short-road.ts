import { isJsonObject, tryParseJson } from '../../../http/json.ts';
import type { ShortRoad } from '../../dialect.ts';
import { TOOL_FIELDS } from '../../kit/field-edits.ts';
import { IDEMPOTENCY_HEADER } from '../../kit/openai/models.ts';
import type { ChatGlance } from '../glance.ts';
import { chatFieldEdits, checkChoices } from './fields.ts';

/** OpenAI's bytes to a provider that speaks OpenAI: only top-level fields are touched, and only where they must be. */
export const shortRoad: ShortRoad<ChatGlance> = {
  forwards: [IDEMPOTENCY_HEADER],

  mayPass(glance, traits) {
    if (glance.hasDeveloper && traits.developerAsSystem) return false;
    if (glance.hasCacheMarks && traits.cacheMarks === 'strip') return false;
    return !(glance.hasThinking && traits.thinkingHistory === 'strip');
  },

  edit(body, glance, { model, traits }) {
    checkChoices(glance.choices, traits);
    const { rename, remove, dropped } = chatFieldEdits(
      body.members.map(({ key }) => key),
      traits,
    );
    const set: Record<string, string> = {};
    if (model !== glance.model) set.model = JSON.stringify(model);
    const asksUsage = glance.stream && !glance.streamUsage && traits.streamUsage !== 'unasked';
    if (asksUsage && !remove.has('stream_options')) {
      const options = isJsonObject(body.value.stream_options) ? body.value.stream_options : {};
      set.stream_options = JSON.stringify({ ...options, include_usage: true });
    }
    // An empty list of tools is a 400 at OpenAI, and so is a choice among none; a request with them means no tools.
    const { tools } = body.value;
    if (!Array.isArray(tools) || tools.length === 0) {
      for (const name of TOOL_FIELDS) remove.add(name);
    }
    return { edits: { set, rename, remove }, headers: {}, dropped, hidesUsage: glance.stream && !glance.streamUsage };
  },

  lastEvent: 'data: [DONE]\n\n',

  isOnlyUsage({ data }) {
    // Most events say `"usage":null`: only a usage event has no choices.
    if (!EMPTY_CHOICES.test(data)) return false;
    const chunk = tryParseJson(data);
    return (
      isJsonObject(chunk) && isJsonObject(chunk.usage) && Array.isArray(chunk.choices) && chunk.choices.length === 0
    );
  },
};

const EMPTY_CHOICES = /"choices"\s*:\s*\[\s*\]/;
