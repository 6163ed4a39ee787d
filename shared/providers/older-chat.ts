import type { Traits } from '../dialects/traits.ts';

/** Vendors that follow OpenAI's older chat completions: one name for the bound on tokens, and no `developer` role. */
export const olderChat: Traits = { maxTokensField: 'max_tokens', developerAsSystem: true };
